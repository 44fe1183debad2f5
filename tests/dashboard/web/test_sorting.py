"""The plugins of a store, sorted by any column, either way, without a script."""

import re

import pytest

from dashboard.catalog import NamespaceRow
from dashboard.web import links
from dashboard.web.sorting import PluginSort
from tests.dashboard.web.conftest import KARMA

ROWS = [
    NamespaceRow("a.Small", 9, 10, 5.0, 0),
    NamespaceRow("b.large", 1, 99, None, 0),
    NamespaceRow("c.Many", 50, 20, 7.0, 0),
]


async def table_of(browser, address) -> tuple[list[str], str]:
    page = (await browser.get(address)).content.decode()
    return re.findall(r'id="a-[0-9a-f]+"[^>]*>([^<]+)</a>', page), page


@pytest.mark.parametrize(
    ("column", "names"),
    [
        ("name", ["b.large", "c.Many", "a.Small"]),
        ("keys", ["b.large", "a.Small", "c.Many"]),
        ("size", ["a.Small", "c.Many", "b.large"]),
        ("changed", ["b.large", "a.Small", "c.Many"]),
    ],
)
def test_each_column_sorts_either_way(column, names):
    assert [row.namespace for row in PluginSort(column).sorted(ROWS)] == names
    turned = PluginSort(column, descending=True).sorted(ROWS)
    assert [row.namespace for row in turned] == names[::-1]


def test_what_is_no_column_sorts_by_full_names():
    order = PluginSort.of({"sort": "colour", "desc": "1"})
    assert [row.namespace for row in order.sorted(ROWS[::-1])] == [row.namespace for row in ROWS]


async def test_a_head_is_a_link_that_sorts_and_then_turns_round(prod, reader, write):
    for number in range(9):
        await write(f"{KARMA}:n{number}", "x" * 1000)
    _, page = await table_of(reader, "/prod/")
    (address,) = re.findall(r'<a href="([^"]+)" id="hp-size"', page)
    names, page = await table_of(reader, address.replace("&amp;", "&"))
    assert names[0] == "Karma"
    assert 'class="num" aria-sort="descending"' in page
    (address,) = re.findall(r'<a href="([^"]+)" id="hp-size"', page)
    names, _ = await table_of(reader, address.replace("&amp;", "&"))
    assert names[-1] == "Karma"


async def test_the_table_keeps_its_order_when_it_is_got_again(prod, reader):
    _, page = await table_of(reader, "/prod/?sort=keys&desc=1")
    here = links.url("store", "prod", sort="keys", desc=1).replace("&", "&amp;")
    assert f'id="namespaces" hx-get="{here}"' in page


async def test_a_search_keeps_the_order_and_the_heads_keep_the_search(prod, reader):
    _, page = await table_of(reader, "/prod/?q=acme&sort=size")
    assert links.url("store", "prod", q="acme", sort="size", desc=1).replace("&", "&amp;") in page
