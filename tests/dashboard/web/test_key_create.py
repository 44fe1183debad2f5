"""Creating a key."""

import datetime as dt
import pickle

import pytest

from dashboard.journal import queries
from dashboard.web import links
from tests.dashboard.web.conftest import KARMA

ADDRESS = links.url("key-create", "prod", ns=KARMA)
CHOICE = ">not done: the value had changed</option>"
NEW = {"name": "U99", "text": "{'a': 1}", "when": "never", "unit": "h"}


async def test_a_new_key_holds_what_was_typed(prod, editor):
    answer = await editor.post(ADDRESS, NEW, follow=True)
    assert "U99 is created." in answer.content.decode()
    assert pickle.loads(await prod.backend.get(f"{KARMA}:U99")) == {"a": 1}


async def test_a_new_key_can_expire(prod, editor):
    await editor.post(ADDRESS, NEW | {"when": "in", "amount": "2"})
    (stored,) = await prod.backend.fetch([f"{KARMA}:U99"])
    assert stored.expires_at is not None


async def test_a_key_that_is_there_already_is_not_overwritten(prod, editor):
    answer = await editor.post(ADDRESS, NEW | {"name": "U03JON"})
    assert answer.status_code == 409
    assert "There is a key of this name already." in answer.content.decode()
    assert pickle.loads(await prod.backend.get(f"{KARMA}:U03JON")) == 4


async def test_the_journal_says_of_a_key_that_was_there_that_it_was_there(prod, editor):
    await editor.post(ADDRESS, NEW | {"name": "U03JON"})
    (row,) = await queries.latest()
    for address in ("/journal/", f"/journal/{row.id}/"):
        page = (await editor.get(address)).content.decode()
        assert "not done: the key was there already" in page
        assert "there is a key of this name by now" in page
        assert "the value had changed" not in page.replace(CHOICE, "")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "Give the key a name."),
        ({"text": "{'a': "}, "Line 1, column"),
        ({"text": "__import__('os')"}, "Line 1"),
        ({"when": "in", "amount": "soon"}, "Enter a number."),
        ({"when": "in", "amount": "-1"}, "Give a number above 0"),
        ({"when": "in", "amount": "nan"}, "Enter a number."),
        ({"when": "in", "amount": "999999", "unit": "d"}, "longer than a hundred years"),
    ],
)
async def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(
    prod, editor, changed, said
):
    answer = await editor.post(ADDRESS, NEW | changed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "{&#x27;a&#x27;: " in page or changed["text"].startswith("_")
    assert await prod.backend.get(f"{KARMA}:U99") is None


async def test_a_shared_key_cannot_be_spelled_like_a_private_one(prod, editor):
    shared = links.url("key-create", "prod")
    answer = await editor.post(shared, NEW | {"name": f"{KARMA}:U99"})
    assert "would be a private key of the plugin" in answer.content.decode()
    assert await prod.backend.get(f"{KARMA}:U99") is None


@pytest.mark.parametrize(
    ("control", "text", "value"),
    [
        ("text", "it's 42", "it's 42"),
        ("text", "two\r\nlines", "two\nlines"),
        ("number", " 42 ", 42),
        ("number", "1.5", 1.5),
        ("bool", "True", True),
        ("date", "2026-11-24", dt.date(2026, 11, 24)),
        ("datetime", "2026-11-24T09:30", dt.datetime(2026, 11, 24, 9, 30)),  # noqa: DTZ001 - as typed
        ("time", "09:30", dt.time(9, 30)),
        ("source", "[1, 'a']", [1, "a"]),
    ],
)
async def test_a_new_key_takes_each_kind_of_value_from_its_own_control(
    prod, editor, control, text, value
):
    answer = await editor.post(ADDRESS, NEW | {"control": control, "text": text}, follow=True)
    assert "U99 is created." in answer.content.decode()
    assert pickle.loads(await prod.backend.get(f"{KARMA}:U99")) == value


async def test_another_kind_brings_its_control_and_keeps_what_was_typed(prod, editor):
    typed = NEW | {"text": "lunch", "control": "text", "reason": "new poll"}
    for control, field in (("text", "<textarea"), ("number", 'inputmode="decimal"')):
        answer = await editor.post(ADDRESS, typed | {"control": control, "switch": "1"})
        page = answer.content.decode()
        assert answer.status_code == 200
        assert field in page
        assert "lunch" in page
        assert 'value="U99"' in page
        assert "new poll" in page
    assert await prod.backend.get(f"{KARMA}:U99") is None


async def test_a_picker_begins_empty_and_an_unusable_text_is_refused(prod, editor):
    switched = await editor.post(ADDRESS, NEW | {"control": "date", "switch": "1"})
    assert 'type="date" name="text" id="text" value=""' in switched.content.decode()
    for control, text in (("date", "soon"), ("number", "many"), ("bool", "maybe"), ("date", "")):
        answer = await editor.post(ADDRESS, NEW | {"control": control, "text": text})
        assert answer.status_code == 422
    assert await prod.backend.get(f"{KARMA}:U99") is None
