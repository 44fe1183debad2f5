"""What a person changed, where the bot let parts come and go meanwhile."""

import pickle
import re

import pytest

from dashboard.web import links
from storage_core.exceptions import UnreadableValue
from storage_core.values import requests
from tests.dashboard.web.test_key_edit import fields_of, reviewed, step

SHIFTED = ["new", "p", "q", "r"]


async def clashed(write, browser, base, path: str, theirs) -> tuple[str, str]:
    """The address of the form, and the page that asks: 'mine' is typed and the bot was first."""
    await write("held", base)
    address = links.key_url("prod", "held", "key-edit", path=path)
    fields = await reviewed(browser, address, "mine")
    await write("held", theirs)
    _, page = await step(browser, address, fields, step="save")
    return address, page


async def decided(browser, address: str, page: str, side: str) -> None:
    """Choose a side, look, and save where there is something to save."""
    (name,) = set(re.findall(r'name="(choice-[0-9a-f]+)"', page))
    fields = fields_of(page) | {"text": "mine", name: side}
    _, page = await step(browser, address, fields, step="choose")
    assert "cannot be put together" not in page
    if 'value="save"' in page:
        await step(browser, address, fields_of(page) | {"text": "mine"}, step="save")


async def test_an_item_is_changed_where_it_stands_by_now(write, prod, editor):
    _, page = await clashed(write, editor, ["p", "q", "r"], "[1]", SHIFTED)
    assert "What was written in other parts meanwhile is kept." in page
    assert pickle.loads(await prod.backend.get("held")) == ["new", "p", "mine", "r"]


@pytest.mark.parametrize(("side", "held"), [("mine", "mine"), ("theirs", "o")])
async def test_among_equal_items_the_choice_says_which_it_is_about(write, prod, editor, side, held):
    address, page = await clashed(write, editor, ["o", "o"], "[1]", ["o", "o", "o"])
    assert "it is not certain" in page
    assert "Put yours in its place: <code>&#x27;mine&#x27;</code>" in page
    await decided(editor, address, page, side)
    assert pickle.loads(await prod.backend.get("held")) == ["o", held, "o"]


@pytest.mark.parametrize("side", ["mine", "theirs"])
async def test_a_part_that_the_bot_took_away_can_be_put_back_with_its_parent(
    write, prod, editor, side
):
    base = {"a": {"x": "one", "y": 1}, "b": 1}
    address, page = await clashed(write, editor, base, "['a']['x']", {"b": 2})
    assert "The bot removed <code>[&#x27;a&#x27;]</code>" in page
    assert "Put it back with your change: <code>{&#x27;x&#x27;: &#x27;mine&#x27;" in page
    await decided(editor, address, page, side)
    put_back = {"a": {"x": "mine", "y": 1}} if side == "mine" else {}
    assert pickle.loads(await prod.backend.get("held")) == {"b": 2, **put_back}


async def test_what_the_bot_made_something_else_can_be_made_what_it_was(write, prod, editor):
    base = {"a": {"x": "one"}, "b": 1}
    address, page = await clashed(write, editor, base, "['a']['x']", {"a": 7, "b": 2})
    await decided(editor, address, page, "mine")
    assert pickle.loads(await prod.backend.get("held")) == {"a": {"x": "mine"}, "b": 2}


async def test_a_part_of_another_type_by_now_takes_what_was_chosen(write, prod, editor):
    address, page = await clashed(write, editor, {"a": "one"}, "['a']", {"a": ["x"]})
    await decided(editor, address, page, "mine")
    assert pickle.loads(await prod.backend.get("held")) == {"a": "mine"}


async def test_what_cannot_be_put_back_is_not_offered(write, prod, editor):
    shared = [1]
    base = {"a": {"x": "one", "one": shared, "two": shared}}
    _, page = await clashed(write, editor, base, "['a']['x']", {"b": 2})
    assert 'value="mine"' not in re.sub(r'<input class="field.*?>', "", page)
    assert "Your change cannot be made there" in page
    assert "Look at the value" in page
    assert 'name="text" id=' in page  # what was typed is still there
    assert pickle.loads(await prod.backend.get("held")) == {"b": 2}


@pytest.fixture
def no_merge(monkeypatch):
    """Let a merge take too long from now on, when it is called."""

    def overruns(asked):
        raise UnreadableValue("reading this value takes longer than 5 seconds")

    return lambda: monkeypatch.setitem(requests.ANSWERS, "merge", overruns)


async def test_a_merge_that_takes_too_long_is_said_and_the_change_can_be_saved_later(
    write, prod, editor, no_merge, monkeypatch
):
    await write("held", {"a": 1, "b": "one"})
    address = links.key_url("prod", "held", "key-edit", path="['b']")
    fields = await reviewed(editor, address, "mine")
    await write("held", {"a": 2, "b": "one"})
    no_merge()
    answer, page = await step(editor, address, fields, step="save")
    assert answer.status_code == 422
    assert "Reading this value takes longer than 5 seconds. Nothing was changed" in page
    assert 'value="mine"' in page
    assert pickle.loads(await prod.backend.get("held")) == {"a": 2, "b": "one"}
    monkeypatch.undo()
    await step(editor, address, fields_of(page) | {"text": "mine"}, step="save")
    assert pickle.loads(await prod.backend.get("held")) == {"a": 2, "b": "mine"}


async def test_a_choice_that_can_no_longer_be_merged_leads_back_to_what_was_typed(
    write, prod, editor, no_merge
):
    address, page = await clashed(write, editor, {"a": "one"}, "['a']", {"a": "two"})
    no_merge()
    (name,) = set(re.findall(r'name="(choice-[0-9a-f]+)"', page))
    fields = fields_of(page) | {"text": "mine", name: "mine"}
    answer, page = await step(editor, address, fields, step="choose")
    assert answer.status_code == 422
    assert "cannot be put together with what was written meanwhile" in page
    assert 'value="mine"' in page
    assert pickle.loads(await prod.backend.get("held")) == {"a": "two"}
