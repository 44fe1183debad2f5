"""Lists of keys as filters leave them, within one person's rights, and what is said of them."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from dashboard.catalog import CatalogRow, Page
from dashboard.catalog.filtering import Filter
from dashboard.catalog.listing import StoreRequest
from dashboard.catalog.paging import PageRequest
from dashboard.findings import leftovers_in
from dashboard.web import links, wording
from dashboard.web.expired import expired_in, expired_page
from dashboard.web.filters import KeyFilters
from dashboard.web.sight import namespaces_seen
from dashboard.web.visits import StoreVisit
from storage_core.keys import key_to_bytes

__all__ = ["list_page", "places_seen", "said_of", "store_page", "values_url"]

MOST_EXPIRED: Final = 5000
"""Expired keys of the catalog that are listed; they are gone from it within seconds."""
Address = Callable[[Mapping[str, Any]], str]
"""The address of a list with these parameters."""


async def list_page(
    visit: StoreVisit, namespace: str | None, filters: KeyFilters, request: PageRequest
) -> Page:
    """A page of one list of keys; the text of `request` is that of the filters."""
    only = await filters.only(visit, [namespace])
    if filters.expires == "overdue" and only is not None:
        seen = PageRequest(search=request.search, limit=MOST_EXPIRED)
        still = await visit.catalog.afiltered(namespace, seen, starts=filters.is_start, only=only)
        rows = [*still.rows, *named(filters, expired_in(visit, {namespace}, only))]
        return expired_page(
            rows,
            sort=request.sort,
            descending=request.descending,
            after=request.after,
            before=request.before,
            limit=request.limit,
        )
    if only is not None or filters.is_start:
        return await visit.catalog.afiltered(namespace, request, starts=filters.is_start, only=only)
    return await visit.catalog.apage(
        namespace,
        sort=request.sort,
        descending=request.descending,
        search=filters.text,
        after=request.after,
        before=request.before,
        limit=request.limit,
    )


async def store_page(
    visit: StoreVisit,
    filters: KeyFilters,
    *,
    after: str | None,
    before: str | None,
    limit: int,
) -> Page:
    """A page of the keys of the whole store that this person may see."""
    places = places_seen(visit)
    only = await filters.only(visit, places)
    if filters.expires == "overdue" and only is not None:
        return await expired_in_store(visit, filters, only, after=after, before=before, limit=limit)
    request = StoreRequest(
        text=key_to_bytes(filters.text),
        starts=filters.is_start,
        only=only,
        places=None if visit.sees_all else frozenset(places),
        after=after,
        before=before,
        limit=limit,
    )
    return await visit.catalog.alisted(request)


async def expired_in_store(
    visit: StoreVisit,
    filters: KeyFilters,
    only: Filter,
    *,
    after: str | None,
    before: str | None,
    limit: int,
) -> Page:
    """As `store_page`, of what has expired and is still stored."""
    request = StoreRequest(
        text=key_to_bytes(filters.text),
        starts=filters.is_start,
        only=only,
        places=None if visit.sees_all else frozenset(places_seen(visit)),
        limit=MOST_EXPIRED,
    )
    still = await visit.catalog.alisted(request)
    # A plugin of which nothing else is left is in no list of the catalog.
    left = {place for place in leftovers_in(visit.store.name).found if visit.sees(place)}
    rows = [*still.rows, *named(filters, expired_in(visit, left, only))]
    return expired_page(rows, after=after, before=before, limit=limit)


def named(filters: KeyFilters, rows: list[CatalogRow]) -> list[CatalogRow]:
    """The rows whose names the text of the filters leaves."""
    if filters.is_start:
        return [row for row in rows if row.ref.key.startswith(filters.text)]
    return [row for row in rows if filters.text in row.ref.key]


def places_seen(visit: StoreVisit) -> list[str | None]:
    """The namespaces that this person may know of; None stands for the shared keys."""
    places: list[str | None] = [row.namespace for row in namespaces_seen(visit)]
    return [*places, None] if visit.sees(None) else places


def said_of(filters: KeyFilters, total: int, keys: int, address: Address) -> dict[str, Any]:
    """What a list says of itself: its filters one by one, and how much they leave of `keys`."""
    text = wording.visible(filters.text)
    found = wording.plural(total, "key")
    if filters.is_narrowed and filters.expires != "overdue":  # those are not among the others
        found = f"{wording.count(total)} of {wording.plural(keys, 'key')}"
    named = ""
    if text:
        named = f" starting with “{text}”" if filters.is_start else f" with “{text}” in the name"
    return {
        "is_narrowed": filters.is_narrowed or filters.is_start,
        "chips": [
            {"label": label, "url": address(without.query)} for label, without in filters.chips()
        ],
        "errors": filters.errors,
        "clear_url": address(filters.cleared.query) if filters.is_narrowed else "",
        "said": f"{found}{named}" if text or filters.is_narrowed else "",
        "nothing": nothing_text(filters),
    }


def nothing_text(filters: KeyFilters) -> str:
    text = wording.visible(filters.text)
    if filters.is_narrowed:
        return f"No key here with “{text}” is like this." if text else "No key here is like this."
    if filters.is_start:
        return f"No key here starts with “{text}”."
    return f"No key here has “{text}” in its name."


def values_url(store: str, namespace: str | None, text: str, *, is_whole: bool = False) -> str:
    """Where the same text is looked for inside values."""
    place = None if is_whole else namespace or ""
    return links.url("value-search", store, q=text or None, ns=place)
