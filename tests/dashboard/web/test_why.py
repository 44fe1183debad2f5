"""«Why can't I?»"""

import re

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User

from dashboard.access import people
from dashboard.access.models import Grant
from dashboard.web import links
from tests.dashboard.web.conftest import DAILY, KARMA, STANDUP, signed_in

WHY = links.url("why", verb="edit", store="prod", ns=STANDUP)


async def text_of(browser, address) -> str:
    page = (await browser.get(address)).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


async def test_it_names_the_missing_role_the_place_and_who_can_give_it(prod, reader):
    text = await text_of(reader, WHY)
    assert "Why you may not edit values" in text
    assert (
        f"the role support (corrects values and expiries) in prod, at least for {STANDUP}" in text
    )
    assert "Who can give it: admin." in text
    assert "Reader on all keys" in text


async def test_it_says_which_of_ones_roles_are_not_about_these_keys(prod):
    browser = await signed_in("sue", "reader")
    sue = await User.objects.aget(username="sue")
    await Grant.objects.acreate(person=sue, role="support", store="prod", where=KARMA)
    assert f"Support on {KARMA}corrects values and expiries; not about" in await text_of(
        browser, WHY
    )


async def test_it_says_that_one_may_by_now(prod, editor):
    assert "You may edit values here" in await text_of(editor, WHY)


async def test_a_store_that_nobody_may_change_is_no_question_of_rights(prod, editor):
    address = links.url("why", verb="edit", store="locked")
    assert "Nobody can do it here. The store was opened read-only" in await text_of(editor, address)


@pytest.mark.parametrize(
    "address",
    [
        links.url("why", verb="edit", store="nowhere"),
        links.url("why", verb="explode", store="prod"),
        links.url("why"),
    ],
)
async def test_it_explains_nothing_that_is_not_there(prod, reader, address):
    assert (await reader.get(address)).status_code == 404


async def test_it_tells_nobody_of_a_place_that_is_not_theirs_to_know(prod, cast):
    assert (await cast["nobody"].get(WHY)).status_code == 404


async def test_only_admins_who_can_come_are_named(prod, reader):
    gone = await sync_to_async(people.add_person)("gone", "admin")
    await User.objects.filter(pk=gone.pk).aupdate(is_active=False)
    assert "Who can give it: admin." in await text_of(reader, WHY)


@pytest.mark.parametrize("verb", ["edit", "expire", "delete", "create"])
async def test_every_action_that_is_refused_on_a_page_leads_to_it(prod, reader, verb):
    page = (await reader.get(links.key_url("prod", DAILY))).content.decode()
    address = links.url("why", verb=verb, store="prod", ns=STANDUP).replace("&", "&amp;")
    assert f'href="{address}"' in page


async def test_the_page_of_a_refusal_leads_to_it(prod, reader):
    answer = await reader.get(links.key_url("prod", DAILY, "key-edit", path=""))
    assert answer.status_code == 403
    assert WHY.replace("&", "&amp;") in answer.content.decode()
