"""Sizes, activity, expiry and age, drawn on the server."""

import re

import pytest
from django.contrib.auth.models import User

from dashboard import catalog
from dashboard.access.models import Grant
from dashboard.pictures import Tile
from dashboard.web import links
from dashboard.web.drawing import (
    LETTER,
    Area,
    Rest,
    age_labels,
    chart_of,
    expiry_labels,
    label_of,
    maps_of,
)
from tests.dashboard.web.conftest import DAILY, KARMA, STANDUP

PAGE = "/prod/pictures/"
SHARED = links.url("pictures", "prod", ns="")
KARMAS = links.url("pictures", "prod", ns=KARMA)


async def text_of(browser, address=PAGE, **headers) -> str:
    return (await browser.get(address, headers=headers)).content.decode()


async def test_the_sizes_of_a_store_are_areas_that_lead_into_each_plugin(prod, reader):
    page = await text_of(reader)
    for namespace, name in ((KARMA, "Karma"), (STANDUP, "Standup")):
        address = links.url("pictures", "prod", ns=namespace).replace("&", "&amp;")
        assert f'<a href="{address}" aria-label="{name}, ' in page
    assert page.count('class="treemap ') == 2


async def test_a_plugin_shows_its_keys_as_areas_that_lead_to_the_values(prod, reader):
    page = await text_of(reader, links.url("pictures", "prod", ns=STANDUP))
    assert f'<a href="{links.key_url("prod", DAILY)}" aria-label="standup:2026-11-24, ' in page


async def test_behind_each_picture_is_a_table(prod, reader, write):
    await write(f"{KARMA}:U04", 1)
    page = await text_of(reader)
    tables = re.findall(r"<summary>As a table</summary>\s*<table", page)
    assert len(tables) == 3
    assert '<tr><td>this minute</td><td class="num">' in page


async def test_changes_are_counted_over_time(prod, reader, write):
    before = catalog.of("prod").chronicle.minutes([KARMA], catalog.of("prod").clock())[-1]
    await write(f"{KARMA}:U04", 1)
    minutes = catalog.of("prod").chronicle.minutes([KARMA], catalog.of("prod").clock())
    assert sum(minutes[-2:]) == before + 1
    assert "What changes most" in await text_of(reader)


async def test_expiries_are_counted(prod, reader, write):
    await write(f"{KARMA}:soon", 1, expires=30 * 60)
    page = await text_of(reader, KARMAS)
    row = re.search(r'<th scope="row">1 minute to 1 hour</th>.*?</tr>', page)[0]
    assert '<td class="num">1</td>' in row


async def test_nothing_in_a_picture_needs_an_inline_style(prod, reader):
    for address in (PAGE, KARMAS, SHARED):
        assert not re.search(r"<[^>]*\sstyle=", await text_of(reader, address))


async def test_pictures_can_be_got_again_by_themselves(prod, reader):
    part = await text_of(reader, **{"HX-Request": "true", "HX-Target": "pictures"})
    assert part.lstrip().startswith('<div id="pictures"')
    assert "data-topic=" in part


async def test_pictures_show_what_a_person_sees_and_no_more(prod, cast):
    nobody = await User.objects.aget(username="nobody")
    await Grant.objects.acreate(person=nobody, role="reader", store="prod", where=KARMA)
    page = await text_of(cast["nobody"])
    assert "Karma" in page
    assert "Standup" not in page
    assert "Shared keys" not in page
    for address in (SHARED, links.url("pictures", "prod", ns=STANDUP)):
        assert (await cast["nobody"].get(address)).status_code == 404


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x>', "\udce9\x00"])
async def test_hostile_names_in_pictures_are_text(prod, reader, write, name):
    await write(f"{KARMA}:{name}", "x" * 5000)
    page = await text_of(reader, KARMAS)
    assert "<script>alert" not in page
    assert "<img" not in page


async def test_an_unknown_plugin_has_no_pictures(prod, reader):
    answer = await reader.get(links.url("pictures", "prod", ns="acme.Gone"))
    assert answer.status_code == 404


def test_what_has_no_room_is_not_drawn_and_a_link_leads_to_it():
    areas = [Area(f"n{number}", "", "/", 100 - number) for number in range(100)]
    wide, narrow = maps_of(areas, Rest("plugins", lambda start: f"/from/{start}", 5, 7))
    assert [one.area.name for one in wide.tiles] == [f"n{number}" for number in range(48)]
    assert (wide.rest, wide.rest_url) == ("57 more plugins, 1.4 kB", "/from/48")
    assert (narrow.rest, narrow.rest_url) == ("87 more plugins, 3.4 kB", "/from/18")


def test_a_map_that_has_room_for_all_leads_nowhere():
    wide, _ = maps_of([Area("n", "", "/", 1)], Rest("plugins", lambda start: f"/from/{start}"))
    assert (wide.rest, wide.rest_url) == ("", "")


async def test_every_key_is_in_a_picture_that_can_be_reached_and_has_a_name(prod, reader, write):
    for number in range(130):
        await write(f"{STANDUP}:n{number:03}", number)
    address, seen = links.url("pictures", "prod", ns=STANDUP), set()
    while address:
        page = await text_of(reader, address)
        wide = page[page.index("treemap wide") : page.index("treemap narrow")]
        named = re.findall(r'<a href="[^"]+" aria-label="([^,"]+), [^"]*"><title>', wide)
        assert len(named) == wide.count('class="tile')
        assert wide.count("<text") >= len(named)
        seen |= set(named)
        found = re.search(r'class="button small" href="([^"]+)">\d+ more keys', wide)
        address = found and found[1].replace("&amp;", "&")
    assert seen >= {f"n{number:03}" for number in range(130)}


async def test_the_smaller_plugins_of_a_store_are_reached_too(prod, reader):
    page = await text_of(reader, "/prod/pictures/?start=1")
    assert "The 1 list before these is larger." in page
    assert page.count('class="treemap ') == 2


async def test_what_was_before_the_start_is_not_called_nothing(prod, reader):
    page = await text_of(reader)
    assert "seen since the dashboard started" in page
    assert page.count('class="unknown"') == 2
    chronicle = catalog.of("prod").chronicle
    chronicle.began -= 3 * 86_400
    assert 'class="unknown"' not in await text_of(reader)


def test_a_chart_names_its_spans():
    chart = chart_of("m", "Minutes", [0, 3, 7], ["2 min ago", "1 min ago", "now"])
    assert (chart.top, chart.sum) == ("10", "10 changes")
    assert chart.rows == [("now", "7"), ("1 min ago", "3")]


def test_each_place_of_a_survey_has_a_label():
    assert expiry_labels() == [
        "overdue",
        "within 1 minute",
        "1 minute to 1 hour",
        "1 hour to 1 day",
        "1 day to 7 days",
        "7 days to 30 days",
        "after 30 days",
        "never",
    ]
    assert age_labels()[0] == "in the last 1 minute"
    assert len(age_labels()) == 6


async def test_hours_in_which_nobody_watched_are_shaded(prod, reader):
    chronicle = catalog.of("prod").chronicle
    now = catalog.of("prod").clock()
    chronicle.vigils = [(now - 9 * 86_400, now - 20 * 3600), (now - 10 * 3600, now)]
    page = await text_of(reader)
    assert "In the shaded part nobody watched" in page
    assert len(re.findall(r'class="unknown" x="[1-9]', page)) == 1


def test_a_name_that_is_cut_still_tells_how_it_ends():
    narrow = Tile(0, 0.0, 0.0, 16 + 8 * LETTER, 60.0)
    assert label_of("ticket:1125", narrow) == "tic…125"
    assert label_of("ticket:1", narrow) == "ticket:1"
