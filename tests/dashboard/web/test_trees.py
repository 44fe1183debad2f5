"""A tree of many levels: how far it goes on one page, and the way further in."""

import re
from html import unescape

from dashboard.web import links
from dashboard.web.trees import LEVELS

HTMX = {"HX-Request": "true", "HX-Target": "kids"}
KIDS = re.compile(r'hx-get="([^"]+key/tree[^"]+)"')


def nested(levels: int) -> list:
    value: list = ["at the bottom"]
    for number in range(levels):
        value = [number, value]
    return value


async def unfolded(browser, address: str) -> str:
    """The page's tree with all folds opened, one after the other, as a person opens them."""
    page = (await browser.get(address)).content.decode()
    asked: set[str] = set()
    for _ in range(100):
        wanted = [found for found in KIDS.findall(page) if found not in asked]
        if not wanted:
            return page
        asked.add(wanted[0])
        page += (await browser.get(unescape(wanted[0]), headers=HTMX)).content.decode()
    raise AssertionError("folds without end")


async def test_folds_end_before_their_lines_have_no_room(write, reader):
    await write("deep", nested(300))
    page = await unfolded(reader, links.key_url("prod", "deep"))
    assert page.count("<details id=") == LEVELS


async def test_what_is_too_far_in_is_a_link_to_a_page_of_its_own(write, reader):
    await write("deep", nested(300))
    page = await unfolded(reader, links.key_url("prod", "deep"))
    (further,) = re.findall(r'class="further text-link" href="([^"]+)"', page)
    assert unescape(further) == links.key_url("prod", "deep", path="[1]" * LEVELS)
    assert ">287</a>" not in page
    inner = await unfolded(reader, unescape(further))
    assert inner.count("<details id=") == LEVELS


async def test_what_ends_in_time_is_shown_to_its_end(write, reader):
    await write("deep", nested(LEVELS - 1))
    page = await unfolded(reader, links.key_url("prod", "deep"))
    assert "at the bottom" in page
    assert 'class="further' not in page


async def test_more_of_a_long_list_counts_the_levels_that_it_is_in(write, reader):
    await write("deep", [[[list(range(300))]]])
    address = links.key_url("prod", "deep", "key-tree", path="[0][0][0]", level=3)
    part = (await reader.get(address, headers=HTMX)).content.decode()
    (more,) = re.findall(r'<a href="([^"]+)" data-part data-into', part)
    rest = links.key_url("prod", "deep", "key-tree", path="[0][0][0]", offset=199, level=3)
    assert unescape(more) == rest
