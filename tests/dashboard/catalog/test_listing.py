"""Lists of what a filter or the beginning of a name leaves, against a plain list of the keys."""

import math
import random

import pytest

from dashboard.catalog.filtering import Filter, Span
from dashboard.catalog.listing import StoreRequest
from dashboard.catalog.paging import PageRequest
from storage_core.entries import EntryInfo

NS, OTHER = "acme.Karma", "acme.Standup"
NEVER = Span(math.inf, math.inf)
FILTERS = {
    "large": Filter(size=Span(low=50)),
    "small": Filter(size=Span(high=20)),
    "between": Filter(size=Span(30, 60)),
    "lasting": Filter(expires=NEVER),
    "soon": Filter(expires=Span(1000, 1500)),
    "lately": Filter(changed=Span(low=1500)),
    "unseen": Filter(changed=Span(0, 0)),
    "some": Filter(among={NS: {b"k01", b"k02", b"x07"}}),
    "both": Filter(size=Span(low=20), changed=Span(low=1200)),
    "none": Filter(size=Span(low=10_000)),
}


def is_wanted(row, only):
    return (
        (only.size is None or (row.size is not None and row.size in only.size))
        and (only.expires is None or (row.expires_at or math.inf) in only.expires)
        and (only.changed is None or (row.changed_at or 0) in only.changed)
        and (only.among is None or row.ref.key.encode() in only.among.get(row.ref.namespace, ()))
    )


SORTS = {
    "key": lambda row: row.ref.key,
    "size": lambda row: (-1 if row.size is None else row.size, row.ref.key),
    "expires": lambda row: (row.expires_at or math.inf, row.ref.key),
    "changed": lambda row: (row.changed_at or 0, row.ref.key),
}


@pytest.fixture
def rows(catalog):
    """Sixty keys of one namespace, ten of another and ten shared ones, of many kinds."""
    chance = random.Random(5)
    for number in range(80):
        name = f"{chance.choice('kx')}{number:02}"
        key = f"{NS}:{name}" if number < 60 else f"{OTHER}:{name}" if number < 70 else name
        size = None if number % 11 == 0 else chance.randrange(100)
        expires = chance.choice([None, chance.randrange(900, 2000)]) if size is not None else None
        at = chance.randrange(1000, 2000) if number % 3 else None
        catalog.index.put(EntryInfo(key, size, expires), at)
    found = [catalog.row(key) for key in everything(catalog)]
    return {NS: [row for row in found if row.ref.namespace == NS], "all": found}


def everything(catalog):
    """All stored keys, by namespace, the shared ones last."""
    for section in catalog.index.in_order():
        yield from sorted(section.stored_key(row) for row in range(len(section.keys)))


async def leaf(ask):
    """All keys on the pages from the first to the last, and then back to the first."""
    page = await ask(after=None, before=None)
    there, sizes = [page], [page.total]
    while page.next:
        page = await ask(after=page.next, before=None)
        there.append(page)
        sizes.append(page.total)
    back = [page]
    while page.previous:
        page = await ask(after=None, before=page.previous)
        back.append(page)
    first, last = (
        [row.stored_key for p in pages for row in p.rows] for pages in (there, back[::-1])
    )
    return first, last, set(sizes)


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("descending", [False, True])
async def test_a_filtered_list_has_each_wanted_key_once_in_order(
    catalog, rows, name, sort, descending
):
    only = FILTERS[name]

    async def ask(after, before):
        request = PageRequest(sort, descending, b"", after, before, 5)
        return await catalog.afiltered(NS, request, only=only)

    wanted = sorted(filter(lambda row: is_wanted(row, only), rows[NS]), key=SORTS[sort])
    names = [row.stored_key for row in (reversed(wanted) if descending else wanted)]
    there, back, totals = await leaf(ask)
    assert there == names
    assert totals == {len(names)}
    # The way back begins with a page that may be shorter, and ends with a full one.
    assert back[-len(names) :] == names if names else back == []


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("text", ["k", "k1", "x59", "zzz", "k0"])
async def test_a_prefix_finds_what_starts_with_it(catalog, rows, sort, text):
    async def ask(after, before):
        request = PageRequest(sort, False, text.encode(), after, before, 4)
        return await catalog.afiltered(NS, request, starts=True, only=FILTERS["large"])

    wanted = sorted(
        (r for r in rows[NS] if r.ref.key.startswith(text) and is_wanted(r, FILTERS["large"])),
        key=SORTS[sort],
    )
    assert (await leaf(ask))[0] == [row.stored_key for row in wanted]


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize(
    ("text", "starts"), [("", False), ("1", False), ("Karma:k", False), ("k", True)]
)
async def test_a_list_of_the_whole_store_goes_on_from_namespace_to_namespace(
    catalog, rows, name, text, starts
):
    only = FILTERS[name]

    async def ask(after, before):
        request = StoreRequest(text.encode(), starts, only, None, after, before, limit=5)
        return await catalog.alisted(request)

    names = [
        row.stored_key
        for row in rows["all"]
        if is_wanted(row, only)
        and (row.ref.key.startswith(text) if starts else text in row.stored_key)
    ]
    there, back, totals = await leaf(ask)
    assert (there, totals) == (names, {len(names)})
    assert back[-len(names) :] == names if names else back == []


async def test_a_list_of_the_whole_store_leaves_out_other_places(catalog, rows):
    page = await catalog.alisted(StoreRequest(places={OTHER, None}, limit=100))
    assert {row.ref.namespace for row in page.rows} == {OTHER, None}
    assert page.total == 20


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{NS}:k0", [f"{NS}:k0x"]),
        (f"{NS}:", [f"{NS}:k0x", f"{NS}:z"]),
        ("k0", [f"{NS}:k0x", "k0shared"]),
        ("acme", []),
        ("rbac:", ["rbac:role"]),
    ],
)
async def test_a_prefix_is_of_the_key_or_of_the_stored_key(catalog, write, text, found):
    for key in (f"{NS}:k0x", f"{NS}:z", "k0shared", "rbac:role"):
        write(key)
    page = await catalog.alisted(StoreRequest(text.encode(), starts=True))
    assert [row.stored_key for row in page.rows] == found


async def test_a_filtered_page_stands_while_keys_come_and_go(catalog, write, remove):
    for number in range(30):
        write(f"{NS}:k{number:02}", size=number)
    only = Filter(size=Span(low=10))
    first = await catalog.afiltered(NS, PageRequest(limit=5), only=only)
    remove(f"{NS}:k14")
    write(f"{NS}:k11a", size=90)
    after = await catalog.afiltered(NS, PageRequest(after=first.next, limit=3), only=only)
    assert [row.ref.key for row in after.rows] == ["k15", "k16", "k17"]
    assert after.total == 20


@pytest.mark.parametrize("cursor", ["", "!", "AAAA", "é", "k" * 500])
async def test_a_cursor_that_is_none_shows_the_first_page_of_the_store(catalog, rows, cursor):
    page = await catalog.alisted(StoreRequest(after=cursor, limit=3))
    assert [row.stored_key for row in page.rows] == [row.stored_key for row in rows["all"]][:3]
