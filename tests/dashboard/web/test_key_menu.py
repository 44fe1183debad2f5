"""The menu of a part of a value: what "Copy value" copies."""

import re
from html import unescape

import pytest

from dashboard.web import links
from tests.dashboard.web.conftest import DAILY
from tests.dashboard.web.test_key import get

VALUE = {
    "text": 'it\'s\na "plain" text',
    "list": [1, "two"],
    "empty": "",
    "long": "x" * 70_000,
    "many": ["y" * 100] * 700,
    "account": {"password": "hunter2", "name": "mina"},
}


async def copied(browser, path: str) -> str:
    menu = await get(browser, links.key_url("prod", DAILY, "key-menu", path=path), "menu")
    before, value, _ = menu.rpartition("Copy value")
    return unescape(before.rpartition('data-copy="')[2].partition('">')[0]) if value else ""


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("['text']", VALUE["text"]),
        ("['list']", "[1, 'two']"),
        ("['list'][0]", "1"),
        ("['account']", "{'password': ••••••••, 'name': 'mina'}"),
        ("['account']['password']", ""),
    ],
)
async def test_it_copies_a_text_as_it_is_and_all_else_as_it_is_typed(write, reader, path, text):
    await write(DAILY, VALUE)
    assert await copied(reader, path) == text


@pytest.mark.parametrize("path", ["['long']", "['many']", ""])
async def test_it_says_that_a_value_is_too_long_to_copy(write, reader, path):
    await write(DAILY, VALUE)
    menu = await get(reader, links.key_url("prod", DAILY, "key-menu", path=path), "menu")
    assert "Too long to copy" in menu
    assert len(menu) < 20_000


async def test_a_menu_is_called_as_the_link_that_opened_it(write, reader):
    await write(DAILY, VALUE)
    page = await get(reader, links.key_url("prod", DAILY))
    links_to = re.findall(r'data-part="([^"]+)" data-into=".act" aria-label="([^"]+)"', page)
    assert {"More about the value", "More about ['list'][0]"} <= {unescape(n) for _, n in links_to}
    for address, name in links_to:
        menu = await get(reader, unescape(address), "menu")
        assert f'<summary aria-label="{unescape(name)}"' in unescape(menu)
