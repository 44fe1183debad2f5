"""Lists narrowed by size, expiry, last change and kind, and by how names start."""

import re

import pytest
from django.contrib.auth.models import User

from dashboard import findings
from dashboard.access.models import Grant
from dashboard.findings import looks_at
from dashboard.findings.looks import Look
from dashboard.web import links
from dashboard.web.filters import KeyFilters, octets_of
from tests.dashboard.web.conftest import DAILY, KARMA, STANDUP

KEYS = links.namespace_url("prod", KARMA)


@pytest.fixture(autouse=True)
async def keys(prod, write):
    """Beside the four of the cast: a large key and two that expire."""
    await write(f"{KARMA}:log", "x" * 20_000)
    await write(f"{KARMA}:soon", 1, expires=600)
    await write(f"{KARMA}:tomorrow", 1, expires=20 * 3600)
    yield
    findings.looks.forget_all()


async def text_of(browser, address, **headers) -> str:
    answer = await browser.get(address, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def names_of(page: str) -> set[str]:
    return set(re.findall(r'id="k-[0-9a-f]+"[^>]*>([^<]+)</a>', page))


def chips_of(page: str) -> list[str]:
    return [text.strip() for text in re.findall(r'class="chip"[^>]*>([^<]*)<', page)]


@pytest.mark.parametrize(
    ("query", "names", "chips"),
    [
        ("larger=10kB", {"log"}, ["Larger than 10kB"]),
        ("smaller=10 kB&q=U", {"U02MINA", "U03JON"}, ["Smaller than 10 kB"]),
        ("larger=1&smaller=100&expires=never", {"U02MINA", "U03JON"}, None),
        ("expires=hour", {"soon"}, ["Expires within an hour"]),
        ("expires=day", {"soon", "tomorrow"}, ["Expires within a day"]),
        ("expires=overdue", set(), ["Expired but stored"]),
        ("changed=hour&larger=1kB", {"log"}, ["Larger than 1kB", "Changed in the last hour"]),
        ("changed=not-day&q=log", set(), ["Not seen changing for a day"]),
        ("q=%5EU0", {"U02MINA", "U03JON"}, ["Starts with “U0”"]),
        ("q=O&starts=1", set(), ["Starts with “O”"]),
        ("sort=size&desc=1&larger=1kB", {"log"}, ["Larger than 1kB"]),
    ],
)
async def test_a_list_shows_what_its_filters_leave(reader, query, names, chips):
    page = await text_of(reader, f"{KEYS}&{query}")
    assert names_of(page) == names
    assert chips is None or chips_of(page) == chips


async def test_filters_work_for_shared_keys_and_for_the_whole_store(reader):
    assert names_of(await text_of(reader, "/prod/shared/?smaller=1kB")) == {"rbac:role:admin"}
    page = await text_of(reader, "/prod/?larger=10kB")
    assert names_of(page) == {"log"}
    assert "1 of 7 keys" in page
    assert 'class="keys spaces"' not in page


async def test_a_chip_takes_its_filter_away_and_keeps_the_others(reader):
    page = await text_of(reader, f"{KEYS}&q=o&larger=1kB&expires=never&sort=size")
    (chip,) = re.findall(r'class="chip" href="([^"]+)"[^>]*>No expiry', page)
    address = links.namespace_url("prod", KARMA, q="o", larger="1kB", sort="size")
    assert chip.replace("&amp;", "&") == address


async def test_sorting_and_paging_keep_the_filters(prod, reader, write):
    for number in range(60):
        await write(f"{STANDUP}:n{number:02}", number)
    address = links.namespace_url("prod", STANDUP, smaller="50", starts="1", q="n", sort="size")
    page = await text_of(reader, address)
    following = re.search(r'href="([^"]+)" id="page-next"', page)[1].replace("&amp;", "&")
    second = await text_of(reader, following)
    assert len(names_of(page)) == 50
    assert len(names_of(second)) == 10
    assert not names_of(page) & names_of(second)
    assert 'smaller=50&amp;sort=changed&amp;desc=1" id="h-changed"' in page


async def test_a_search_over_the_whole_store_has_pages(reader, write):
    for number in range(70):
        await write(f"{STANDUP if number % 2 else KARMA}:page{number:02}", number)
    page = await text_of(reader, "/prod/?q=page")
    following = re.search(r'href="([^"]+)" id="page-next"', page)[1].replace("&amp;", "&")
    second = await text_of(reader, following, **{"HX-Request": "true", "HX-Target": "namespaces"})
    assert names_of(page) | names_of(second) == {f"page{number:02}" for number in range(70)}
    assert 'id="page-back"' in second


async def test_kinds_are_filtered_as_far_as_they_are_known(reader):
    looks = looks_at("prod")
    looks.keep(f"{KARMA}:U02MINA", Look(0, 5, 5, "int"))
    looks.keep(f"{KARMA}:log", Look(0, 5, 5, "str"))
    page = await text_of(reader, KEYS)
    assert '<option value="int">int (1)</option>' in page
    assert "Kinds are known of 2 of 5 values." in page
    assert names_of(await text_of(reader, f"{KEYS}&kind=int")) == {"U02MINA"}
    assert names_of(await text_of(reader, "/prod/?kind=str")) == {"log"}
    assert names_of(await text_of(reader, f"{KEYS}&kind=dict")) == set()


async def test_what_is_no_size_is_said_and_filters_nothing(reader):
    page = await text_of(reader, f"{KEYS}&larger=huge")
    assert "“huge” is no size. Write it as 500, 10 kB or 1.5 MB." in page
    assert len(names_of(page)) == 5


async def test_nothing_left_says_how_to_go_on(reader):
    page = await text_of(reader, f"{KEYS}&q=U0&larger=1GB")
    assert "No key here with “U0” is like this." in page
    assert f'href="{KEYS}">Show all keys</a>' in page


async def test_filters_show_nothing_beyond_the_rights(cast):
    nobody = await User.objects.aget(username="nobody")
    await Grant.objects.acreate(person=nobody, role="reader", store="prod", where=STANDUP)
    looks_at("prod").keep(f"{KARMA}:log", Look(0, 5, 5, "str"))
    looks_at("prod").keep(DAILY, Look(0, 5, 5, "dict"))
    page = await text_of(cast["nobody"], "/prod/?smaller=1MB")
    assert "1 of 1 key" in page
    assert names_of(page) == {"standup:2026-11-24"}
    assert "str (1)" not in page
    assert names_of(await text_of(cast["nobody"], "/prod/?kind=str")) == set()


async def test_hostile_filters_are_text(reader):
    page = await text_of(reader, f"{KEYS}&larger=<script>&kind=<img>&expires=<b>&changed=%FF")
    assert "<script>&" not in page
    assert "<img>" not in page
    assert "Kind: &lt;img&gt;" in page


@pytest.mark.parametrize(
    ("text", "octets"),
    [("500", 500), ("10 kB", 10_000), ("1.5MB", 1.5e6), ("2g", 2e9), ("x", None), ("-1", None)],
)
def test_sizes_are_read_as_they_are_written(text, octets):
    assert octets_of(text) == octets


def test_an_address_says_what_is_asked_and_no_more():
    filters = KeyFilters.of({"q": " ^ab ", "expires": "sometimes", "larger": "1kB", "x": "y"})
    assert (filters.text, filters.is_start, filters.expires) == ("ab", True, "")
    assert {name for name, value in filters.query.items() if value} == {"q", "larger"}
