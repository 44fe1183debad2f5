"""What somebody tried and was refused is on record as refused, wherever it was refused."""

import io
import json
import logging

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User

from dashboard.access.models import Grant
from dashboard.journal import chain
from dashboard.journal.models import Answer, Deed
from dashboard.journal.queries import JournalRow, for_key, latest
from dashboard.web import links
from tests.dashboard.web.conftest import DAILY, KARMA, signed_in
from tests.dashboard.web.test_look_as import look

EDIT = links.key_url("prod", DAILY, "key-edit", path="['team']")
REVEAL = links.key_url("prod", DAILY, "key-reveal")


async def newest() -> JournalRow:
    return (await latest())[0]


async def narrow(name: str, role: str = "maintainer"):
    """Somebody who may know of one plugin only, which is not the one of the tests' key."""
    browser = await signed_in(name, None)
    person = await User.objects.aget(username=name)
    await Grant.objects.acreate(person=person, role=role, store="prod", where=KARMA)
    return browser


async def test_a_reveal_that_was_refused_is_a_refusal_everywhere(prod, cast):
    assert (await cast["editor"].post(REVEAL)).status_code == 403
    row = await newest()
    assert (row.deed, row.answer, row.note) == (
        Deed.REVEAL,
        Answer.REFUSED,
        "Refused: not allowed.",
    )
    page = (await cast["admin"].get(f"/journal/{row.id}/")).content.decode()
    assert '<span class="state-refused">refused</span>' in page
    exported = await cast["admin"].post("/journal/export/", {"as": "jsonl", "deed": "reveal"})
    body = b"".join([part async for part in exported])
    assert json.loads(body)["answer"] == "refused"


@pytest.mark.parametrize(("answer", "is_found"), [("refused", True), ("saved", False)])
async def test_the_journal_is_filtered_by_a_refusal_that_changes_no_store(
    prod, cast, answer, is_found
):
    await cast["editor"].post(REVEAL)
    page = (await cast["admin"].get(f"/journal/?answer={answer}&deed=reveal")).content.decode()
    assert ('class="state-refused"' in page) is is_found
    assert await sync_to_async(lambda: list(chain.verify()))() == []


@pytest.mark.parametrize(
    ("address", "deed"),
    [
        (EDIT, Deed.EDIT),
        (links.key_url("prod", DAILY, "key-delete"), Deed.DELETE),
        (links.key_url("prod", DAILY, "key-expiry"), Deed.EXPIRE),
        (REVEAL, Deed.REVEAL),
        (links.key_url("prod", DAILY, "history-mark"), Deed.HISTORY),
    ],
)
async def test_a_form_about_a_hidden_key_is_on_record(prod, address, deed):
    mina = await narrow("mina")
    assert (await mina.post(address)).status_code == 404
    row = (await for_key("prod", DAILY))[0]
    assert (row.who, row.deed, row.answer) == ("mina", deed, Answer.REFUSED)
    assert "not allowed" in row.note


@pytest.mark.parametrize(
    ("address", "deed"),
    [
        ("/journal/export/", Deed.EXPORT),
        ("/prod/audit/export/", Deed.EXPORT),
        ("/prod/audit/review/", Deed.REVIEW),
        ("/people/", Deed.RIGHTS),
        ("/people/look-as/", Deed.LOOK_AS),
    ],
)
async def test_whatever_a_reader_is_refused_is_on_record(prod, cast, address, deed):
    assert (await cast["reader"].post(address)).status_code == 403
    row = await newest()
    assert (row.who, row.deed, row.answer) == ("reader", deed, Answer.REFUSED)


async def test_a_refusal_is_on_record_once(prod, cast):
    await cast["reader"].post(EDIT)
    assert [row.answer for row in await latest()] == [Answer.REFUSED]


async def test_a_key_that_is_not_there_is_no_refusal(prod, cast):
    gone = links.key_url("prod", f"{KARMA}:U99", "key-delete")
    assert (await cast["admin"].post(gone)).status_code == 404
    assert await latest() == []


@pytest.mark.parametrize(
    ("do", "why"), [("take", "There has to be an admin"), ("disable", "cannot disable yourself")]
)
async def test_a_change_of_rights_that_is_not_made_is_on_record(prod, cast, do, why):
    grant = await Grant.objects.aget(person__username="admin")
    answer = await cast["admin"].post(f"/people/{grant.person_id}/", {"do": do, "grant": grant.pk})
    assert answer.status_code == 422
    row = await newest()
    assert (row.deed, row.answer) == (Deed.RIGHTS, Answer.REFUSED)
    assert why in row.note


async def test_while_looking_an_admin_changes_nothing_and_is_told_how_to_stop(prod, cast):
    admin, before = cast["admin"], await prod.backend.get(DAILY)
    await look(admin, "support")
    answer = await admin.post(EDIT, {"text": "x", "control": "text"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "You look at the dashboard as Support in prod" in page
    assert page.count('name="do" value="stop"') == 2  # in the bar, and where it is said
    assert await prod.backend.get(DAILY) == before
    row = await newest()
    assert (row.deed, row.answer) == (Deed.EDIT, Answer.REFUSED)
    assert row.note == "looking as Support in prod"


@pytest.mark.parametrize("address", [REVEAL, "/watches/", "/account/", "/journal/export/"])
async def test_while_looking_nothing_else_is_done_either(prod, cast, address):
    await look(cast["admin"], "maintainer", "*")
    assert (await cast["admin"].post(address)).status_code == 403


async def test_the_servers_log_says_a_refusal_in_one_line(prod, cast):
    handlers = logging.getLogger().handlers
    console = next(each for each in handlers if type(each) is logging.StreamHandler)
    heard = io.StringIO()
    usual = console.setStream(heard)
    try:
        assert (await cast["reader"].get("/people/")).status_code == 403
    finally:
        console.setStream(usual)
    said = heard.getvalue()
    assert "Forbidden" in said
    assert "Traceback" not in said
