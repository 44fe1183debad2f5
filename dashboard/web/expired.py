"""Lists of what has expired and is still stored: who keeps it tells the catalog nothing of it."""

from collections.abc import Callable, Collection
from math import inf
from typing import Any, Final

from dashboard.catalog import CatalogRow, Page, Sort
from dashboard.catalog.filtering import Filter, Span
from dashboard.findings import leftovers_in
from dashboard.web.visits import StoreVisit
from storage_core.entries import EntryInfo
from storage_core.keys import KeyRef, namespace_of

__all__ = ["expired_in", "expired_page", "left_in"]

BY: Final[dict[Sort, Callable[[CatalogRow], Any]]] = {
    "key": lambda row: row.ref.key,
    "size": lambda row: row.size or 0,
    "expires": lambda row: row.expires_at or inf,
    "changed": lambda row: row.changed_at or 0.0,
}


def left_in(visit: StoreVisit, namespace: str | None) -> int:
    """How many entries of a namespace have expired and are stored, without those of the catalog."""
    left = leftovers_in(visit.store.name).found.get(namespace)
    return 0 if left is None else left.count


def expired_in(visit: StoreVisit, places: Collection[str | None], only: Filter) -> list[CatalogRow]:
    """What the last walk through the store found in some namespaces and `only` leaves.

    An entry that is back in the catalog has been written anew since.
    """
    if only.among is not None or only.changed is not None:
        return []  # what they were and when they changed is known of what the catalog has
    size = only.size or Span()
    return [
        row_of(entry)
        for entry in leftovers_in(visit.store.name).entries
        if namespace_of(entry.key) in places
        and (entry.size or 0) in size
        and visit.catalog.row(entry.key) is None
    ]


def row_of(entry: EntryInfo) -> CatalogRow:
    ref = KeyRef.parse(entry.key)
    return CatalogRow(ref, entry.key, entry.size, entry.expires_at, None, None)


def expired_page(
    rows: list[CatalogRow],
    *,
    sort: Sort = "key",
    descending: bool = False,
    after: str | None = None,
    before: str | None = None,
    limit: int,
) -> Page:
    """A page of these rows. Cursors are numbers of rows, for the list changes with a walk only."""
    rows = sorted(rows, key=lambda row: (BY[sort](row), row.stored_key), reverse=descending)
    start = number_in(after)
    if start is None:
        end = number_in(before)
        start = 0 if end is None else max(end - limit, 0)
    start = min(start, max(len(rows) - 1, 0) // limit * limit)
    end = start + limit
    return Page(
        rows=rows[start:end],
        total=len(rows),
        next=str(end) if end < len(rows) else None,
        previous=str(start) if start else None,
    )


def number_in(cursor: str | None) -> int | None:
    return int(cursor) if cursor and cursor.isascii() and cursor.isdigit() else None
