"""Adding, removing, renaming and moving parts of a value."""

import pickle
import re
from collections import ChainMap
from html import escape

import pytest

from dashboard.web import links
from tests.dashboard.web.test_key_edit import fields_of, opened, step

START = {"list": ["a", "b", "c"], "name": "x"}


@pytest.mark.parametrize(
    ("path", "deed", "typed", "expected"),
    [
        ("", "add", {"key": "'new'", "text": "[1]"}, START | {"new": [1]}),
        ("['list']", "append", {"text": "'d'"}, START | {"list": ["a", "b", "c", "d"]}),
        (
            "['list']",
            "insert",
            {"index": "0", "text": "'z'"},
            START | {"list": ["z", "a", "b", "c"]},
        ),
        ("['list'][0]", "move", {"index": "2"}, START | {"list": ["b", "c", "a"]}),
        ("['list'][1]", "remove", {}, START | {"list": ["a", "c"]}),
        ("['name']", "rename", {"key": "'title'"}, {"list": START["list"], "title": "x"}),
    ],
)
async def test_each_deed_is_shown_and_then_saved(write, prod, editor, path, deed, typed, expected):
    await write("shape", START)
    address = links.key_url("prod", "shape", "key-shape", path=path, do=deed)
    answer, page = await step(editor, address, await opened(editor, address), **typed)
    assert answer.status_code == 200, page
    await step(editor, address, fields_of(page) | typed, step="save")
    assert pickle.loads(await prod.backend.get("shape")) == expected


async def test_the_look_at_a_change_says_what_other_places_it_reaches(write, editor):
    shared = ["a"]
    await write("shape", {"one": shared, "two": shared})
    address = links.key_url("prod", "shape", "key-shape", path="['one']", do="append")
    _, page = await step(editor, address, await opened(editor, address), text="'b'")
    assert "is also used in 1 other place, which changes with it." in page
    address = links.key_url("prod", "shape", "key-edit", path="['one']", as_="source")
    _, page = await step(editor, address, await opened(editor, address), text="['a', 'b']")
    assert "is also used in 1 other place, which keeps what it holds." in page


async def test_what_is_added_can_be_of_each_kind_without_quotes(write, prod, editor):
    await write("shape", START)
    address = links.key_url("prod", "shape", "key-shape", path="['list']", do="append")
    begun = await opened(editor, address)
    answer, page = await step(editor, address, begun, control="text", switch="1", text="it's")
    assert (answer.status_code, "Save change" in page) == (200, False)
    assert "it&#x27;s</textarea>" in page
    chosen = fields_of(page) | {"control": "text", "text": "it's"}
    _, page = await step(editor, address, chosen)
    await step(editor, address, fields_of(page) | {"control": "text", "text": "it's"}, step="save")
    assert pickle.loads(await prod.backend.get("shape")) == START | {
        "list": ["a", "b", "c", "it's"]
    }


async def test_the_form_of_a_deed_opens_without_a_script(write, editor):
    await write("shape", START)
    answer = await editor.get(links.key_url("prod", "shape", "key-shape", path="", do="add"))
    assert "Add under a new key" in answer.content.decode()


async def test_a_place_that_is_no_number_is_refused_beside_the_field(write, editor):
    await write("shape", START)
    address = links.key_url("prod", "shape", "key-shape", path="['list'][0]", do="move")
    answer, page = await step(editor, address, await opened(editor, address), index="first")
    assert answer.status_code == 422
    assert "counted from 0" in page
    assert 'value="first"' in page


async def test_the_menu_offers_what_can_be_done_and_nothing_else(write, editor):
    await write("shape", START)
    address = links.key_url("prod", "shape", "key-menu", path="['list']")
    page = (await editor.get(address, headers={"HX-Request": "true"})).content.decode()
    offered = re.findall(r'href="[^"]*do=([a-z]+)"', page)
    assert offered == ["append", "insert", "rename", "move", "remove"]


class Poll:
    """What a bot stores of its own."""

    def __init__(self, title: str) -> None:
        self.title = title


async def test_an_object_of_the_bots_own_gets_a_field(write, prod, editor):
    await write("shape", Poll("lunch"))
    menu = (await editor.get(links.key_url("prod", "shape", "key-menu", path=""))).content.decode()
    address = links.key_url("prod", "shape", "key-shape", path="", do="field")
    assert f'href="{escape(address)}"' in menu
    assert "Add a field" in menu
    typed = {"key": "votes", "control": "number", "text": "3"}
    _, page = await step(editor, address, await opened(editor, address), **typed)
    assert "Name of the field" in page
    await step(editor, address, fields_of(page) | typed, step="save")
    assert vars(pickle.loads(await prod.backend.get("shape"))) == {"title": "lunch", "votes": 3}


async def test_a_chain_map_is_offered_no_field_that_the_bot_never_looks_at(write, editor):
    await write("shape", ChainMap({"a": 1}, {"a": 2}))
    menu = (await editor.get(links.key_url("prod", "shape", "key-menu", path=""))).content.decode()
    assert "key-shape" not in menu
    assert "Add" not in menu.partition('class="sheet"')[2].partition("</details>")[0]


async def test_the_menu_of_a_reader_says_why_it_is_short(write, reader):
    await write("shape", START)
    address = links.key_url("prod", "shape", "key-menu", path="['list']")
    page = (await reader.get(address)).content.decode()
    assert "do=" not in page
    assert "You may not edit values here." in page


@pytest.mark.parametrize(
    ("value", "copied"), [(re.compile("a+"), "re.compile(&#x27;a+&#x27;)"), (5, "5")]
)
async def test_the_menu_copies_a_value_that_cannot_be_typed_as_it_is_shown(
    write, editor, value, copied
):
    await write("shape", [value])
    address = links.key_url("prod", "shape", "key-menu", path="[0]")
    page = (await editor.get(address)).content.decode()
    assert f'data-copy="{copied}"' in page
