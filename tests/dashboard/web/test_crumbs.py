"""The way to a part of a value, from its path."""

import re
from collections import ChainMap
from html import escape, unescape

import pytest

from dashboard.web import links
from tests.dashboard.web.test_key import get


async def way(browser, key: str, path: str) -> tuple[list[tuple[str, str]], str]:
    """The links of the way to a part, by text and address, and what stands at its end."""
    page = await get(browser, links.key_url("prod", key, path=path))
    (found,) = re.findall(r'<nav class="way".*?</nav>', page, re.DOTALL)
    linked = re.findall(r'<a href="([^"]*)">([^<]*)</a>', found)
    (end,) = re.findall(r'aria-current="page">([^<]*)<', found)
    return [(unescape(text), unescape(url)) for url, text in linked], unescape(end)


def part(key: str, path: str) -> str:
    return links.key_url("prod", key, path=path or None)


async def test_every_part_that_it_is_in_is_one_click_away(write, reader):
    await write("deep", {"votes": [{"a": "by"}]})
    linked, end = await way(reader, "deep", "['votes'][0]['a']")
    assert linked == [
        ("the whole value", part("deep", "")),
        ("['votes']", part("deep", "['votes']")),
        ("[0]", part("deep", "['votes'][0]")),
    ]
    assert end == "['a']"
    assert "by" in await get(reader, linked[-1][1])


@pytest.mark.parametrize(
    "step",
    [
        "it's",
        "both ' and \"",
        "a]['b",
        "x.y[0]",
        "new\nline",
        "<b>&amp;",
        "päivä",
        "\ud800",
        7,
        None,
        ("a", "]", 1.5),
    ],
)
async def test_a_key_of_whatever_characters_is_one_step(write, reader, step):
    await write("odd", {step: {"inner": [1]}})
    above = f"[{step!r}]"
    linked, end = await way(reader, "odd", f"{above}['inner'][0]")
    assert [url for _, url in linked] == [
        part("odd", ""),
        part("odd", above),
        part("odd", f"{above}['inner']"),
    ]
    assert end == "[0]"
    assert "Shown is the part" in await get(reader, linked[1][1])
    assert "cannot be shown" not in await get(reader, linked[1][1])


async def test_a_map_of_a_chain_is_one_step_and_a_field_of_that_name_is_two(write, reader):
    await write("chain", ChainMap({"a": 1}, {"b": 2}))
    assert [text for text, _ in (await way(reader, "chain", ".maps[1]['b']"))[0]] == [
        "the whole value",
        ".maps[1]",
    ]
    await write("error", [ValueError("no")])
    assert [text for text, _ in (await way(reader, "error", "[0].args[0]"))[0]] == [
        "the whole value",
        "[0]",
    ]


async def test_of_a_long_way_both_ends_are_shown(write, reader):
    value: object = "at the bottom"
    for _ in range(60):
        value = [value]
    await write("long", value)
    linked, end = await way(reader, "long", "[0]" * 60)
    assert len(linked) == 8
    assert linked[-1][1] == part("long", "[0]" * 59)
    assert end == "[0]"


@pytest.mark.parametrize("path", ["['a'", "nonsense", "[" * 500, "['a']" * 2_000])
async def test_a_path_that_cannot_be_read_is_shown_as_it_is(write, reader, path):
    await write("deep", {"a": 1})
    page = await get(reader, links.key_url("prod", "deep", path=path))
    assert 'class="way"' not in page
    assert escape(path) in page
    assert "Show the whole value" in page


async def test_a_part_that_is_not_there_leads_to_those_that_are(write, reader):
    await write("deep", {"a": [1]})
    linked, end = await way(reader, "deep", "['a'][9]")
    assert [url for _, url in linked] == [part("deep", ""), part("deep", "['a']")]
    assert end == "[9]"
