"""What goes wrong while somebody edits, and what they are told."""

import asyncio
import pickle
import time

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.test import AsyncClient

from dashboard import operations
from dashboard.access.models import Grant
from dashboard.journal import chain, queries
from dashboard.journal.models import Answer, Kind
from dashboard.operations import settlement
from dashboard.web import links, merging, saving
from tests.dashboard.web.conftest import DAILY, STANDUP, VALUES, signed_in
from tests.dashboard.web.test_key_edit import TEAM, fields_of, reviewed, step
from tests.dashboard.web.test_sign_in_tries import FromAnAddress

OLD = VALUES[DAILY]
TOO_LARGE = "x" * (10 * 1024 * 1024)


async def held(prod) -> dict:
    return pickle.loads(await prod.backend.get(DAILY))


async def answers() -> set:
    return {row.answer for row in await queries.for_key("prod", DAILY)}


async def test_of_two_people_who_save_at_once_one_is_told_and_nothing_is_lost(
    prod, editor, monkeypatch
):
    other = await signed_in("other", "editor")
    looked = asyncio.Barrier(2)

    async def save(*words):
        await looked.wait()  # both have seen what the store holds, and nobody has written
        return await saving.save(*words)

    monkeypatch.setattr(merging, "save", save)
    ready = [await reviewed(editor, TEAM, "platform"), await reviewed(other, TEAM, "backends")]
    both = await asyncio.gather(
        *(step(one, TEAM, f, step="save") for one, f in zip((editor, other), ready, strict=True))
    )
    assert sorted(answer.status_code for answer, _ in both) == [200, 409]
    (lost,) = [page for answer, page in both if answer.status_code == 409]
    assert "changed this value while you were editing." in lost
    assert "platform" in lost
    assert "backends" in lost
    assert (await held(prod))["team"] in {"platform", "backends"}
    assert await answers() == {Answer.SAVED, Answer.CHANGED}


async def test_a_right_that_was_withdrawn_while_editing_is_missed_and_the_try_is_on_record(
    prod, editor
):
    fields = await reviewed(editor, TEAM, "platform")
    await Grant.objects.filter(person__username="editor").aupdate(role="reader")
    answer, page = await step(editor, TEAM, fields, step="save")
    assert answer.status_code == 403
    assert "You may not edit values here." in page
    assert "Nothing was changed." in page
    assert await held(prod) == OLD
    assert await answers() == {Answer.REFUSED}


@pytest.mark.parametrize(
    ("name", "deed"),
    [
        ("key-edit", "edit"),
        ("key-shape", "edit"),
        ("key-expiry", "expire"),
        ("key-delete", "delete"),
        ("key-create", "create"),
    ],
)
async def test_every_try_of_what_one_may_not_do_is_on_record(prod, reader, name, deed):
    if name == "key-create":
        address = links.url(name, "prod", ns=STANDUP)
    else:
        address = links.key_url("prod", DAILY, name, path="", do="remove")
    answer = await reader.post(address, {"name": DAILY.partition(":")[2]})
    assert answer.status_code == 403
    (row,) = await queries.for_key("prod", DAILY)
    assert (row.who, row.deed, row.answer) == ("reader", deed, Answer.REFUSED)


@pytest.fixture
async def strict_editor(prod, cast) -> AsyncClient:
    """A browser whose forms need their token, as real ones do."""
    browser = AsyncClient(enforce_csrf_checks=True)
    await browser.aforce_login(await User.objects.aget(username="editor"))
    return browser


async def test_a_session_that_ended_while_editing_is_said_and_the_form_goes_through_later(
    prod, strict_editor
):
    fields = await reviewed(strict_editor, TEAM, "platform")
    await Session.objects.all().adelete()
    answer, page = await step(strict_editor, TEAM, fields, step="save")
    assert answer.status_code == 401
    assert "Your session has ended. Sign in again in another tab" in page
    assert await held(prod) == OLD
    await strict_editor.aforce_login(await User.objects.aget(username="editor"))
    strict_editor.cookies["csrftoken"] = "n" * 32  # signing in makes a new one
    answer, page = await step(strict_editor, TEAM, fields, step="save")
    assert answer.status_code == 403
    fresh = {"csrfmiddlewaretoken": fields_of(page)["csrfmiddlewaretoken"]}
    answer, page = await step(strict_editor, TEAM, fields | fresh, step="save")
    assert "Saved." in page


async def test_without_a_journal_nothing_is_changed_and_what_was_typed_stays(
    prod, editor, monkeypatch
):
    def full(entry):
        raise DatabaseError("database or disk is full")

    fields = await reviewed(editor, TEAM, "platform")
    monkeypatch.setattr("dashboard.journal.chain.append", full)
    answer, page = await step(editor, TEAM, fields, step="save")
    assert answer.status_code == 422
    assert "without a record nothing is changed" in page
    assert 'value="platform"' in page
    assert await held(prod) == OLD


async def test_a_change_whose_outcome_could_not_be_put_on_record_is_told_and_settled_later(
    prod, editor, monkeypatch
):
    append = chain.append

    def full(entry):
        if entry.kind == Kind.OUTCOME:
            raise DatabaseError("database or disk is full")
        return append(entry)

    fields = await reviewed(editor, TEAM, "platform")
    monkeypatch.setattr("dashboard.journal.chain.append", full)
    _, page = await step(editor, TEAM, fields, step="save")
    assert "Saved. The journal could not be told of it yet" in page
    assert await answers() == {None}
    monkeypatch.undo()
    monkeypatch.setattr(settlement, "ABANDONED_AFTER", settlement.ABANDONED_AFTER * 0)
    assert await operations.reconcile() == 1
    assert await answers() == {Answer.SAVED}


@pytest.mark.parametrize("address", [TEAM, links.url("key-create", "prod")])
async def test_a_form_of_ten_megabytes_is_refused_in_a_sentence(prod, editor, address):
    answer = await editor.post(address, {"text": TOO_LARGE, "name": "x"})
    assert answer.status_code == 413
    assert "A form may hold 8 MB at most." in answer.content.decode()
    assert await held(prod) == OLD


async def test_ten_megabytes_of_something_else_are_refused_too(prod, editor):
    answer = await editor.post(TEAM, TOO_LARGE, content_type="text/plain")
    assert answer.status_code in {413, 422}
    assert await held(prod) == OLD


async def test_a_thousand_bad_sign_ins_cost_the_work_of_ten(prod, cast):
    """Once locked out no password is hashed any more, so the others are served as before."""
    browser = FromAnAddress()
    since = time.monotonic()
    for _ in range(1000):
        answer = await browser.post("/sign-in/", {"username": "editor", "password": "guess"})
    assert time.monotonic() - since < 100
    assert "Too many tries" in answer.content.decode()
    assert (await cast["reader"].get("/prod/")).status_code == 200
