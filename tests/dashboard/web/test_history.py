"""Marks «keep history»: who sees them, who sets them, and what is asked before they go."""

import re

import pytest
from django.contrib.auth.models import User

from dashboard.access.models import Grant
from dashboard.history.models import HistoryMark, Version
from dashboard.history.places import Scope
from dashboard.journal.models import Deed, Entry
from dashboard.web import links
from tests.dashboard.web.conftest import DAILY, KARMA, STANDUP, signed_in
from tests.dashboard.web.keeping import kept_versions, marked
from tests.dashboard.web.test_key_edit import fields_of

PAGE = links.url("history", "prod")
SHARED = links.url("history-mark", "prod")
OF_STANDUP = links.url("history-mark", "prod", ns=STANDUP)
OF_DAILY = links.key_url("prod", DAILY, "history-mark")


@pytest.fixture
async def lead(prod):
    return await signed_in("lea", "auditor")


async def page_of(browser, address) -> str:
    return (await browser.get(address)).content.decode()


async def typed(browser, address, **given):
    page = await page_of(browser, address)
    fields = fields_of(page) | dict(re.findall(r'name="(\w+)" value="(\d+)" autocomplete', page))
    return await browser.post(address, fields | given, follow=True)


async def test_with_no_mark_the_page_says_how_to_turn_it_on(lead):
    page = await page_of(lead, PAGE)
    assert "No history is kept yet." in page
    assert f'<option value="{STANDUP}">' in page
    assert "Of all shared keys" in page


async def test_a_lead_marks_a_plugin_and_that_is_on_record(lead):
    answer = await typed(lead, OF_STANDUP, do="keep", versions="7", days="3")
    assert "The history of Standup is kept from now on." in answer.content.decode()
    mark = await HistoryMark.objects.aget()
    assert (mark.namespace, mark.versions, mark.days, mark.person_name) == (STANDUP, 7, 3, "lea")
    entry = await Entry.objects.aget(deed=Deed.HISTORY)
    assert (entry.namespace, entry.person_name) == (STANDUP, "lea")
    assert "the last 7 versions of each key" in entry.note


@pytest.mark.parametrize(
    ("address", "place"),
    [(SHARED, Scope(None)), (OF_DAILY, Scope.of_key(DAILY)), (OF_STANDUP, Scope(STANDUP))],
)
async def test_each_kind_of_place_can_be_marked(lead, address, place):
    await typed(lead, address, do="keep")
    assert (await HistoryMark.objects.aget()).place_digest == place.digest


@pytest.mark.parametrize("wrong", ["", "1", "many", "999999999999999999999", "-5"])
async def test_a_bound_that_is_none_is_refused_in_words(lead, wrong):
    answer = await typed(lead, SHARED, do="keep", versions=wrong)
    assert answer.status_code == 422
    assert "Give a whole number from 2 to 1,000." in answer.content.decode()
    assert not await HistoryMark.objects.aexists()


async def test_taking_a_mark_away_asks_first_and_then_deletes(lead):
    await kept_versions(DAILY, b"one", b"two")
    asked = await typed(lead, OF_DAILY, do="stop")
    assert "2 versions of 1 key" in asked.content.decode()
    assert await Version.objects.acount() == 2
    fields = fields_of(asked.content.decode())
    done = await lead.post(OF_DAILY, fields, follow=True)
    assert "is kept no longer." in done.content.decode()
    assert not await Version.objects.aexists()
    assert "2 versions deleted" in (await Entry.objects.alatest("index")).note


async def test_who_may_not_is_refused_and_that_is_on_record(prod, reader):
    assert (await reader.get(SHARED)).status_code == 403
    assert (await reader.post(SHARED, {"do": "keep"})).status_code == 403
    entry = await Entry.objects.aget(deed=Deed.HISTORY)
    assert entry.note == "Refused: not allowed."
    assert not await HistoryMark.objects.aexists()


async def test_marks_on_what_somebody_may_not_know_of_are_not_there(prod):
    await marked(Scope(STANDUP))
    await marked(Scope(KARMA))
    narrow = await signed_in("nina", None)
    nina = await User.objects.aget(username="nina")
    await Grant.objects.acreate(person=nina, role="reader", store="prod", where=KARMA)
    page = await page_of(narrow, PAGE)
    assert "Karma" in page
    assert "Standup" not in page


async def test_a_list_of_keys_says_that_its_history_is_kept_and_how_much(lead):
    await kept_versions(DAILY, b"one", b"two")
    await marked(Scope(STANDUP))
    page = await page_of(lead, links.namespace_url("prod", STANDUP))
    assert "History is kept: 0 versions, 0 B." in page
    page = await page_of(lead, PAGE)
    assert "one key of Standup" in page
    assert "2 versions" in page


async def test_what_is_no_plugin_cannot_be_marked(lead):
    assert (await lead.get(links.url("history-mark", "prod", ns="nonsense"))).status_code == 404
