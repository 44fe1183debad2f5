"""Hostile names and values on every page: escaped, visible, and inert."""

import os
import pickle
import re
from pathlib import Path

import pytest

from dashboard.web import links
from tests.dashboard.web.conftest import KARMA

CANARY = Path("/tmp/cubbyhole-canary-that-must-not-exist")
SCRIPT = "<script>alert(1)</script>"
NAMES = [
    SCRIPT,
    '"><img src=x onerror=alert(1)>',
    "{{ 7|add:7 }}{% now 'Y' %}",
    "caf\udce9 \x00\x1b[31m\u202e",
    "javascript:alert(1)",
    "' hx-get='/sign-out/' x='",
    "a&key=b#c?d%41+",
    "x" * 2000,
]


class Runs:
    def __reduce__(self):
        return os.system, (f"touch {CANARY}",)


VALUES = [
    pickle.dumps({SCRIPT: SCRIPT, "lone": "\ud800", "null": "\x00"}, 4),
    pickle.dumps(Runs(), 4),
    b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04exit\x85R0]\x94.",  # a call that is thrown away
    b"",
    b"\xff\xfe<script>alert(1)</script>",
    b'{"json": "<img src=x onerror=alert(1)>"}',
    pickle.dumps("<b>" * 5000, 4)[:-100],
    b"(" * 5000 + b"t" * 5000 + b".",
]
PARTS_OF_A_KEY = ("key", "key-find", "key-hex", "key-tree", "key-edit", "key-expiry", "key-delete")


def has_run() -> bool:
    return CANARY.exists()


def tags_of(page: str) -> set[str]:
    return set(re.findall(r"<([a-zA-Z]+)", page))


async def pages_of(browser, key: str, namespace: str | None) -> list[str]:
    addresses = [links.key_url("prod", key, name, q="a", path="") for name in PARTS_OF_A_KEY]
    addresses += [links.namespace_url("prod", namespace), links.url("store", "prod", q=key[:40])]
    addresses += ["/", links.url("overview", q=key[:40]), "/journal/"]
    pages = []
    for address in addresses:
        answer = await browser.get(address)
        assert answer.status_code in {200, 404}, address
        pages.append(answer.content.decode())
    return pages


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("namespace", [None, KARMA])
async def test_a_hostile_name_is_text_on_every_page(write, editor, name, namespace):
    key = name if namespace is None else f"{namespace}:{name}"
    await write(key, 1)
    harmless = set.union(*map(tags_of, await pages_of(editor, f"{KARMA}:U03JON", KARMA)))
    for page in await pages_of(editor, key, namespace):
        assert tags_of(page) <= harmless | {"br", "q", "h2", "pre"}
        assert SCRIPT not in page


@pytest.mark.parametrize("name", NAMES)
async def test_a_hostile_name_opens_its_own_value(write, reader, name):
    await write(name, "the value of this very key")
    page = (await reader.get(links.key_url("prod", name))).content.decode()
    assert "the value of this very key" in page


@pytest.mark.parametrize("data", VALUES)
async def test_a_hostile_value_is_shown_and_does_nothing(write, editor, data):
    await write("hostile", data)
    for page in await pages_of(editor, "hostile", None):
        assert SCRIPT not in page
        assert "<img src=x" not in page
    assert not has_run()


async def test_a_value_that_would_run_code_says_what_the_bot_would_import(write, reader):
    await write("hostile", VALUES[1])
    page = (await reader.get(links.key_url("prod", "hostile"))).content.decode()
    assert "system</code>" in page


async def test_text_that_people_type_is_escaped_when_it_comes_back(prod, editor):
    address = links.url("key-create", "prod")
    fields = {"name": "n", "text": f"'{SCRIPT}", "reason": SCRIPT, "when": "never", "unit": "h"}
    answer = await editor.post(address, fields)
    assert answer.status_code == 422
    assert SCRIPT not in answer.content.decode()
