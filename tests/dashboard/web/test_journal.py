"""The journal's list: who sees which lines, what can be asked, and paging through it."""

import re
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.utils import timezone

from dashboard.access import people
from dashboard.access.models import Grant
from dashboard.journal import chain
from dashboard.journal.models import Answer, Deed, Entry
from dashboard.journal.recorder import Attempt, Note, record_intent, record_note, record_outcome
from dashboard.web import links
from tests.dashboard.web.conftest import DAILY, KARMA, signed_in

SHARED_KEY = "rbac:role:admin"
ODD_KEY = f"{KARMA}:caf\udce9"


async def changed(key=DAILY, who="mina", answer=Answer.SAVED, store="prod", **facts) -> Entry:
    """One change on record."""
    person, _ = await User.objects.aget_or_create(username=who)
    given = {"deed": Deed.EDIT, "reason": "", "before": b"1", "after": b"2"} | facts
    attempt = Attempt(person, "192.0.2.7", store, key, before_expires_at=None, **given)
    intent = await record_intent(attempt)
    if answer:
        await record_outcome(intent, answer, "So it was.")
    return intent


async def noted(deed=Deed.RIGHTS, text="Gave mina a role.", **facts) -> Entry:
    person, _ = await User.objects.aget_or_create(username="root")
    return await record_note(Note(person, None, deed, text, **facts))


async def lines(browser, **asked) -> list[int]:
    page = (await browser.get(links.url("journal", **asked))).content.decode()
    return [int(number) for number in re.findall(r'<tr id="j-(\d+)"', page)]


async def test_each_line_is_shown_to_those_who_see_the_journal_of_its_place_only(prod, cast):
    karma = await changed(f"{KARMA}:U1")
    shared = await changed(SHARED_KEY)
    locked = await changed(store="locked")
    rights = await noted()
    nobody = await User.objects.aget(username="nobody")
    assert await lines(cast["nobody"]) == []
    await Grant.objects.acreate(person=nobody, role="reader", store="prod", where=KARMA)
    assert await lines(cast["nobody"]) == [karma.pk]
    await Grant.objects.acreate(person=nobody, role="reader", store="locked", where="*")
    assert await lines(cast["nobody"]) == [locked.pk, karma.pk]
    assert await lines(cast["reader"]) == [locked.pk, shared.pk, karma.pk]
    assert await lines(cast["admin"]) == [rights.pk, locked.pk, shared.pk, karma.pk]


async def test_a_line_about_a_whole_store_is_not_for_those_who_see_a_part_of_it(prod, cast):
    line = await noted(Deed.EXPORT, "All of it.", store="prod")
    nobody = await User.objects.aget(username="nobody")
    await Grant.objects.acreate(person=nobody, role="reader", store="prod", where="shared")
    assert await lines(cast["nobody"]) == []
    assert await lines(cast["reader"]) == [line.pk]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"person": "MIN"}, ["edit", "odd", "gone"]),
        ({"person": "jon"}, ["shared"]),
        ({"store": "locked"}, ["gone"]),
        ({"plugin": "karma"}, ["odd"]),
        ({"plugin": "shared"}, ["shared"]),
        ({"key": "rbac:role"}, ["shared"]),
        ({"key": "caf\udce9"}, ["odd"]),
        ({"key": "RBAC"}, []),
        ({"key": "%"}, []),
        ({"deed": "delete"}, ["gone"]),
        ({"answer": "changed"}, ["odd"]),
        ({"answer": "pending"}, ["edit"]),
        ({"answer": "saved"}, ["shared", "gone"]),
        ({"person": "mina", "answer": "saved"}, ["gone"]),
        ({"since": "2000-01-01", "until": "2000-12-31"}, []),
        ({"since": "2000-01-01"}, ["edit", "odd", "shared", "gone"]),
        ({"until": "2000-01-01"}, []),
        ({"since": "soon"}, ["edit", "odd", "shared", "gone"]),
    ],
    ids=str,
)
async def test_the_lines_that_are_asked_for_are_found(prod, reader, asked, found):
    made = {
        "edit": await changed(answer=None),
        "odd": await changed(ODD_KEY, answer=Answer.CHANGED),
        "shared": await changed(SHARED_KEY, who="jon"),
        "gone": await changed(store="locked", deed=Deed.DELETE),
    }
    assert await lines(reader, **asked) == sorted((made[name].pk for name in found), reverse=True)


async def test_a_day_that_is_none_is_said_to_be_none(prod, reader):
    page = (await reader.get("/journal/?since=soon")).content.decode()
    assert "Write a day as 2026-11-24." in page


async def test_pages_follow_each_other_without_losing_a_line(prod, reader):
    made = [(await changed(reason=str(number))).pk for number in range(53)]
    first = await lines(reader)
    assert first + await lines(reader, before=first[-1]) == made[::-1]


async def test_what_is_asked_for_is_asked_for_on_the_next_page_too(prod, reader):
    for number in range(51):
        await changed(reason=str(number))
    page = (await reader.get("/journal/?person=mina")).content.decode()
    assert "/journal/?person=mina&amp;before=" in page


async def test_removing_old_entries_is_a_line_for_admins(prod, cast):
    await changed()
    await Entry.objects.aupdate(at=timezone.now() - timedelta(days=2))
    await sync_to_async(chain.prune)(timezone.now() - timedelta(days=1))
    page = (await cast["admin"].get("/journal/")).content.decode()
    assert "the server" in page
    assert "Entries up to number 2 were removed." in page
    assert await lines(cast["reader"]) == []


async def test_a_hostile_reason_and_name_are_text(prod, reader):
    await changed(f"{KARMA}:<script>", reason="<img src=x onerror=alert(1)>")
    page = (await reader.get("/journal/")).content.decode()
    assert "<script>" not in page.replace("<script src=", "")
    assert "<img" not in page


async def test_a_key_that_is_no_utf8_leads_to_its_own_page(prod, reader):
    await changed(ODD_KEY)
    assert links.key_url("prod", ODD_KEY) in (await reader.get("/journal/")).content.decode()


async def test_somebody_who_sees_no_journal_is_told_so(prod):
    await sync_to_async(people.add_person)("other", "reader")
    browser = await signed_in("nobody", None)
    page = (await browser.get("/journal/")).content.decode()
    assert "The journal is not yours to see." in page


async def test_a_review_and_a_finding_that_was_put_aside_say_what_they_are_about(prod, cast):
    for deed in (Deed.REVIEW, Deed.DISMISS):
        await noted(deed=deed, text="Said in full.", store="prod")
    page = (await cast["admin"].get("/")).content.decode()
    assert "root reviewed the shared keys" in page
    assert "root dismissed a finding" in page
