"""Pages of a namespace, as somebody leafs through them while the bot writes."""

import asyncio
import time

import pytest

from dashboard.catalog import NamespaceRow
from dashboard.catalog.slices import SLICE, in_slices

NS = "acme.Karma"


@pytest.fixture
def ten(write):
    """Ten keys, the later ones smaller and changed later."""
    for number in range(10):
        write(f"{NS}:k{number}", size=100 - number, at=1000.0 + number)


def names(page):
    return [row.ref.key for row in page.rows]


def test_a_key_that_appears_before_a_page_does_not_move_it(catalog, ten, write):
    first = catalog.page(NS, limit=4)
    write(f"{NS}:a-new-one")
    assert names(catalog.page(NS, after=first.next, limit=4)) == ["k4", "k5", "k6", "k7"]


def test_a_page_stands_when_the_row_of_its_cursor_has_gone(catalog, ten, remove):
    first = catalog.page(NS, limit=4)
    remove(f"{NS}:k3")
    assert names(catalog.page(NS, after=first.next, limit=4)) == ["k4", "k5", "k6", "k7"]


def test_a_page_whose_rows_have_all_gone_shows_the_last_ones_there_are(catalog, ten, remove):
    cursor = catalog.page(NS, limit=8).next
    remove(f"{NS}:k8")
    remove(f"{NS}:k9")
    page = catalog.page(NS, after=cursor, limit=3)
    assert (names(page), page.next) == (["k5", "k6", "k7"], None)


def test_leafing_back_to_the_start_gives_a_full_page(catalog, ten):
    second = catalog.page(NS, after=catalog.page(NS, limit=3).next, limit=3)
    assert names(catalog.page(NS, before=second.previous, limit=4)) == ["k0", "k1", "k2", "k3"]


@pytest.mark.parametrize(
    ("sort", "first"), [("key", "k0"), ("size", "k9"), ("expires", "k0"), ("changed", "k0")]
)
def test_it_sorts_by_each_column(catalog, ten, sort, first):
    assert names(catalog.page(NS, sort=sort, limit=1)) == [first]
    assert names(catalog.page(NS, sort=sort, descending=True, limit=10))[-1] == first


@pytest.mark.parametrize("cursor", ["", "!", "AAAA", "é", "c2hvcnQ", "k" * 500])
def test_a_cursor_that_is_none_shows_the_first_page(catalog, ten, cursor):
    assert names(catalog.page(NS, sort="size", after=cursor, limit=1)) == ["k9"]


def test_a_cursor_of_another_sort_shows_the_first_page(catalog, ten):
    cursor = catalog.page(NS, limit=3).next
    assert names(catalog.page(NS, sort="size", after=cursor, limit=1)) == ["k9"]


def test_keys_of_any_bytes_are_leafed_through(catalog, write):
    odd = ["", "\n", "\udcff\udc80", "a\nb", "é" * 300, "free"]
    for name in odd:
        write(f"{NS}:{name}")
    read, cursor = [], None
    while True:
        page = catalog.page(NS, after=cursor, limit=1)
        read += names(page)
        if (cursor := page.next) is None:
            break
        assert cursor.isascii()
    assert sorted(read) == sorted(odd)


def test_a_newline_in_a_key_is_no_seam_that_a_search_can_cross(catalog, write):
    for name in ("ab", "cd", "x\ny"):
        write(f"{NS}:{name}")
    assert catalog.page(NS, search="b\nc").total == 0
    assert names(catalog.page(NS, search="x\ny")) == ["x\ny"]


def test_an_unknown_namespace_has_no_rows(catalog):
    assert catalog.page("no.Such").rows == []
    assert catalog.namespace("no.Such") is None


def test_a_namespace_says_what_it_holds_and_how_busy_it_is(catalog, ten, write):
    write(f"{NS}:k0", size=1, at=1000.5)
    assert catalog.namespaces() == [NamespaceRow(NS, 10, 856, 1000.5, 11)]


def test_what_is_older_than_a_minute_is_not_counted(catalog, write):
    write(f"{NS}:old", at=939.0)
    write(f"{NS}:new", at=941.0)
    assert catalog.namespace(NS).writes_last_minute == 1


def test_the_last_changes_come_newest_first(catalog, write, remove):
    write("a")
    remove("a")
    assert [(key, verb) for key, _, verb in catalog.recent()] == [
        ("a", "removed"),
        ("a", "written"),
    ]


def test_a_key_that_was_never_known_and_is_not_there_is_no_change(catalog, remove):
    assert remove("a") == []
    assert catalog.recent() == []


async def test_long_work_lets_others_have_their_turn():
    turns = 0

    async def other():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    def work():
        for _ in range(10):
            until = time.perf_counter() + SLICE
            while time.perf_counter() < until:
                pass
            yield
        return "done"

    task = asyncio.create_task(other())
    assert await in_slices(work()) == "done"
    task.cancel()
    assert turns >= 5
