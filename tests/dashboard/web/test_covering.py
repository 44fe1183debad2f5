"""What is revealed says when it has to be covered, and is kept by no cache."""

import json
import time

import pytest

from dashboard.web import links
from dashboard.web.revealing import REVEALED_FOR
from tests.dashboard.web.conftest import STANDUP, signed_in
from tests.dashboard.web.keeping import kept_version
from tests.dashboard.web.test_key_edit import HTMX

KEY = f"{STANDUP}:config"
PAGE = links.key_url("prod", KEY)
SHOWING = ("key", "key-hex", "key-tree", "key-find", "key-edit", "key-delete", "key-download")
OF_VERSIONS = ("key-timeline", "key-version", "version-restore", "version-download")


@pytest.fixture
async def mina(prod, write):
    await write(KEY, {"token": "abc-def-123456"})
    await kept_version(KEY, await prod.backend.get(KEY))
    browser = await signed_in("mina", "maintainer")
    await browser.post(links.key_url("prod", KEY, "key-reveal"))
    return browser


async def test_a_page_that_shows_what_is_masked_says_when_it_covers_it(mina):
    page = (await mina.get(PAGE)).content.decode()
    at = float(page.partition('data-covers-at="')[2].partition('"')[0])
    assert at == pytest.approx(time.time() + REVEALED_FOR, abs=30)
    assert '<noscript><meta http-equiv="refresh" content="' in page


async def test_a_part_of_a_page_says_so_too(mina):
    answer = await mina.get(PAGE, headers=HTMX | {"HX-Target": "value"})
    at = json.loads(answer.headers["HX-Trigger"])["revealed"]
    assert at == pytest.approx(time.time() + REVEALED_FOR, abs=30)


async def test_pages_on_which_nothing_is_revealed_say_nothing(mina, reader):
    for browser, address in ((reader, PAGE), (mina, links.namespace_url("prod", STANDUP))):
        answer = await browser.get(address)
        assert "data-covers-at" not in answer.content.decode()
        assert "HX-Trigger" not in answer.headers


@pytest.mark.parametrize("name", [*SHOWING, *OF_VERSIONS])
async def test_no_cache_keeps_what_is_revealed(mina, name):
    address = links.key_url("prod", KEY, name, path="['token']", q="abc", number=1)
    answer = await (mina.post if name.endswith("download") else mina.get)(address)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
