"""What goes on: the namespaces that change, each with a drawing of its last minutes."""

import re

import pytest
from django.contrib.auth.models import User

from dashboard.access.models import Grant
from dashboard.web.activity import rate_of
from tests.dashboard.web.conftest import DAILY, KARMA, STANDUP

PART = {"HX-Request": "true", "HX-Target": "activity"}


async def text_of(browser, address, **headers) -> str:
    return (await browser.get(address, headers=headers)).content.decode()


def sparks_of(page: str) -> list[str]:
    return re.findall(r'<svg viewBox="0 0 120 20"[^>]*aria-label="([^:]+):', page)


@pytest.mark.parametrize("address", ["/", "/prod/"])
async def test_what_changes_is_drawn_with_its_rate(reader, write, address):
    await write(f"{KARMA}:new", 1)
    page = await text_of(reader, address)
    assert "Karma" in sparks_of(page)
    assert re.search(r'<path class="amount" d="M[0-9.]+ 20V', page)
    assert "style=" not in page


async def test_the_strip_is_a_part_of_its_own_with_the_last_changes(reader, write):
    await write(f"{KARMA}:new", 1)
    part = await text_of(reader, "/prod/", **PART)
    assert part.strip().startswith('<div id="activity"')
    assert ">new</a>" in part


async def test_a_search_shows_what_it_found_instead(reader, write):
    await write(f"{KARMA}:new", 1)
    assert sparks_of(await text_of(reader, "/prod/?q=new")) == []


async def test_the_strip_tells_of_nothing_beyond_the_rights(cast, write):
    await write(f"{KARMA}:new", 1)
    await write(DAILY, 1)
    nobody = await User.objects.aget(username="nobody")
    await Grant.objects.acreate(person=nobody, role="reader", store="prod", where=STANDUP)
    for address in ("/", "/prod/"):
        assert set(sparks_of(await text_of(cast["nobody"], address))) <= {"Standup"}


@pytest.mark.parametrize(
    ("lately", "changes", "rate"),
    [
        (0, 0, "quiet now"),
        (9, 59, "59 a minute"),
        (10, 60, "1.0 a second"),
        (50_000, 60_000, "5,000 a second"),
        (0, 60_000, "60,000 a minute"),
    ],
)
def test_rates_are_said_in_the_unit_that_gives_a_number(lately, changes, rate):
    assert rate_of(lately, changes) == rate


async def test_a_change_of_a_key_without_a_name_can_be_seen(reader, write):
    await write(f"{KARMA}:", 1)
    await write(f"{KARMA}:spaced ", 1)
    for address in ("/", "/prod/"):
        page = await text_of(reader, address)
        assert ">(empty name)</a>" in page
        assert ">spaced\\x20</a>" in page
