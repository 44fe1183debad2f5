"""Pages of a section: any sort, either direction, stable while keys come and go."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Self, TypedDict

from dashboard.catalog.cursors import cursor_of, place_of
from dashboard.catalog.facts import Page, Sort
from dashboard.catalog.order import Order
from dashboard.catalog.searching import Needle
from dashboard.catalog.section import Section
from dashboard.catalog.slices import Work
from storage_core.keys import key_to_bytes

__all__ = ["Asked", "PageRequest", "page_of"]


class Asked(TypedDict, total=False):
    """What may be asked of a page: the fields of `PageRequest`, with the text to search for."""

    sort: Sort
    descending: bool
    search: str
    after: str | None
    before: str | None
    limit: int


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What a page shows: `after` or `before` is the cursor of the row next to it."""

    sort: Sort = "key"
    descending: bool = False
    search: bytes = b""
    after: str | None = None
    before: str | None = None
    limit: int = 50

    @classmethod
    def of(cls, *, search: str = "", **rest: Any) -> Self:
        """From what was asked, as in `Asked`."""
        return cls(search=key_to_bytes(search), **rest)


def page_of(section: Section, request: PageRequest) -> Work[Page]:
    """One page of a section. Where nothing is left beyond a cursor, the nearest page with rows."""
    needle = Needle(request.search) if request.search else None
    order = yield from section.order(request.sort, needle)
    return cut(section, order, request)


def cut(section: Section, order: Order, request: PageRequest) -> Page:
    """The page at the request's cursor."""
    start = place_of(request.after, request.sort)
    end = place_of(request.before, request.sort) if start is None else None

    def walk(place: Any | None, *, onwards: bool) -> Iterator[int]:
        return order.above(place) if onwards != request.descending else order.below(place)

    if end is not None:
        shown = list(islice(walk(end, onwards=False), request.limit))[::-1]
        if len(shown) < request.limit:
            shown = list(islice(walk(None, onwards=True), request.limit))
    else:
        shown = list(islice(walk(start, onwards=True), request.limit))
        if not shown and start is not None:
            shown = list(islice(walk(None, onwards=False), request.limit))[::-1]
    if not shown:
        return Page([], 0, None, None)
    has_next = any(True for _ in walk(order.value(shown[-1]), onwards=True))
    has_previous = any(True for _ in walk(order.value(shown[0]), onwards=False))
    return Page(
        rows=[section.row(row) for row in shown],
        total=len(order),
        next=cursor_of(section, request.sort, shown[-1]) if has_next else None,
        previous=cursor_of(section, request.sort, shown[0]) if has_previous else None,
    )
