"""Pages of what a filter or the beginning of a name leaves, of one list or of the whole store."""

from collections.abc import Set
from dataclasses import dataclass
from typing import Final

from dashboard.catalog.cursors import cursor_of, packed, place_of, unpacked
from dashboard.catalog.facts import Page
from dashboard.catalog.filtering import Filter
from dashboard.catalog.index import Index
from dashboard.catalog.paging import PageRequest
from dashboard.catalog.prefixes import Prefix
from dashboard.catalog.searching import Needle
from dashboard.catalog.section import Section
from dashboard.catalog.slices import Work
from dashboard.catalog.window import Place, Sieve, Window, gather
from storage_core.keys import KeyRef, key_from_bytes, key_to_bytes

__all__ = ["StoreRequest", "section_page", "store_page"]

WHOLE: Final = b"a"
"""The first byte of a cursor in a list of the whole store, which is by namespace and key."""


def section_page(
    section: Section, request: PageRequest, needle: Needle | None, only: Filter | None
) -> Work[Page]:
    """One page of a section, in any order."""
    sort = request.sort
    # By key, what starts with a text is a range; other orders are kept for it as for any search.
    is_range = isinstance(needle, Prefix) and sort == "key"
    order = yield from section.order(sort, None if is_range else needle)
    after, before = place_of(request.after, sort), place_of(request.before, sort)
    is_after = after is not None
    place = Place(after if is_after else before, is_low=is_after != request.descending)
    window = Window(request.limit, descending=request.descending)
    sieve = Sieve(needle if is_range else None, only)
    yield from gather(section, order, sieve, place, window)
    cut = window.cut(sort, only, is_back=not is_after and before is not None)
    shown = [row for _, row in cut.rows]
    return Page(
        rows=[section.row(row) for row in shown],
        total=window.total,
        next=cursor_of(section, sort, shown[-1]) if cut.has_next else None,
        previous=cursor_of(section, sort, shown[0]) if cut.has_previous else None,
    )


@dataclass(frozen=True, slots=True)
class StoreRequest:
    """What a page of a whole store shows: keys whose stored names contain `text`.

    With `starts` their names start with it, or their stored names if it has a namespace. `places`
    are the namespaces that may be looked at (None: all).
    """

    text: bytes = b""
    starts: bool = False
    only: Filter | None = None
    places: Set[str | None] | None = None
    after: str | None = None
    before: str | None = None
    limit: int = 50


def store_page(index: Index, request: StoreRequest) -> Work[Page]:
    """One page of a whole store, by namespace and key, the shared keys last."""
    after, before = store_place_of(request.after), store_place_of(request.before)
    place = after or before
    window = Window(request.limit)
    needle_in = Prefix.in_stored_keys if request.starts else Needle.in_stored_keys
    for section in index.in_order():
        namespace = section.namespace
        if request.places is not None and namespace not in request.places:
            continue
        head = None if namespace is None else key_to_bytes(namespace)
        sieve = Sieve(needle_in(request.text, head), request.only)
        order = yield from section.order("key")
        within = place_within(section, place, is_after=after is not None)
        yield from gather(section, order, sieve, within, window)
        yield
    cut = window.cut("key", request.only, is_back=after is None and before is not None)
    return Page(
        rows=[section.row(row) for section, row in cut.rows],
        total=window.total,
        next=store_cursor_of(*cut.rows[-1]) if cut.has_next else None,
        previous=store_cursor_of(*cut.rows[0]) if cut.has_previous else None,
    )


def place_within(section: Section, place: KeyRef | None, *, is_after: bool) -> Place:
    """Where a place in the store is, seen from a section."""
    if place is None:
        return Place(None, is_low=False)
    if place.namespace == section.namespace:
        return Place(key_to_bytes(place.key), is_low=is_after)
    return Place(None, is_low=rank(section.namespace) < rank(place.namespace))


def rank(namespace: str | None) -> tuple[bool, str]:
    """What `Index.in_order` sorts by."""
    return namespace is None, namespace or ""


def store_cursor_of(section: Section, row: int) -> str:
    return packed(WHOLE + key_to_bytes(section.stored_key(row)))


def store_place_of(cursor: str | None) -> KeyRef | None:
    raw = unpacked(cursor)
    return KeyRef.parse(key_from_bytes(raw[1:])) if raw and raw[:1] == WHOLE else None
