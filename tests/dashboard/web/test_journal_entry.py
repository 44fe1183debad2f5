"""One entry of the journal, with its change as a change."""

import pickle
import re

import pytest
from django.contrib.auth.models import User

from dashboard.access.models import Grant
from dashboard.journal.models import Answer, Deed
from dashboard.journal.recorder import record_outcome
from tests.dashboard.web.conftest import DAILY, KARMA
from tests.dashboard.web.test_journal import changed, noted

OLD, NEW = {"team": "platfrom", "n": 1}, {"team": "platform", "n": 1}
IMAGES = {"before": pickle.dumps(OLD, 4), "after": pickle.dumps(NEW, 4)}


async def page_of(browser, entry) -> str:
    answer = await browser.get(f"/journal/{entry.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


async def test_the_change_is_told_by_path_with_who_when_why_and_from_where(prod, reader):
    page = await page_of(reader, await changed(reason="a typo", **IMAGES))
    assert "<del>&#x27;platfrom&#x27;</del><ins>&#x27;platform&#x27;</ins>" in page
    for fact in ("mina edited", "a typo", "192.0.2.7", "never expires, kept as it was"):
        assert fact in page


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ({"deed": Deed.CREATE, "before": None, "after": IMAGES["after"], "expires": None}, "come"),
        ({"deed": Deed.DELETE, "before": IMAGES["before"], "after": None}, "gone"),
    ],
)
async def test_a_value_that_came_or_went_is_shown_as_a_whole(prod, reader, facts, shown):
    page = await page_of(reader, await changed(**facts))
    assert f'<pre class="whole {shown}">{{&#x27;team&#x27;: &#x27;platf' in page


async def test_a_change_of_expiry_says_from_when_to_when(prod, reader):
    images = {"before": IMAGES["before"], "after": IMAGES["before"]}
    page = await page_of(reader, await changed(deed=Deed.EXPIRE, expires=60.0, **images))
    assert "The value stayed as it was." in page
    assert "never expires, then expires 20" in page


async def test_bytes_that_are_no_value_have_a_page_all_the_same(prod, reader):
    page = await page_of(reader, await changed(before=b"\x80\x04", after=b"\xff\x00"))
    assert "What changed" in page


async def test_all_that_was_found_of_a_doubtful_outcome_is_told(prod, reader):
    entry = await changed(answer=Answer.UNKNOWN, **IMAGES)
    await record_outcome(entry, Answer.SAVED, "Found later.")
    page = await page_of(reader, entry)
    assert "What was found of it" in page
    assert "not confirmed" in page


async def test_an_entry_of_another_place_looks_like_one_that_is_not_there(prod, cast):
    entry = await changed(DAILY)
    nobody = await User.objects.aget(username="nobody")
    await Grant.objects.acreate(person=nobody, role="reader", store="prod", where=KARMA)
    hidden = await cast["nobody"].get(f"/journal/{entry.pk}/")
    absent = await cast["nobody"].get("/journal/999999/")
    assert (hidden.status_code, absent.status_code) == (404, 404)
    # All of the page but what is new in each: its moment, and the forms' tokens.
    changing = r'data-now="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"'
    plain = hidden.content.decode().replace(f"/journal/{entry.pk}/", "/journal/999999/")
    plain = plain.replace(f"entry {entry.pk}", "entry 999999")
    assert re.sub(changing, "", plain) == re.sub(changing, "", absent.content.decode())


async def test_a_change_of_rights_is_told_in_a_sentence_and_cannot_be_restored(prod, cast):
    entry = await noted()
    page = await page_of(cast["admin"], entry)
    assert "Gave mina a role." in page
    assert "Undo" not in page
    assert (await cast["admin"].get(f"/journal/{entry.pk}/restore/")).status_code == 404


@pytest.mark.parametrize("answer", [Answer.REFUSED, Answer.CHANGED, Answer.FAILED, None])
async def test_what_was_not_done_cannot_be_undone(prod, editor, answer):
    assert "Undo" not in await page_of(editor, await changed(answer=answer, **IMAGES))
