"""What one person sees of a store: rows, sums, searches and changes within their rights."""

from dashboard.catalog import CatalogRow, Found, NamespaceRow, RecentChange, Totals
from dashboard.web.visits import StoreVisit
from storage_core.keys import namespace_of

__all__ = ["namespaces_seen", "recent_seen", "search_seen", "shared_seen", "totals_seen"]

# Changes looked through for those that a person with few rights may see.
LOOKED_THROUGH = 200


def namespaces_seen(visit: StoreVisit) -> list[NamespaceRow]:
    """The plugins that this person may know of."""
    rows = visit.catalog.namespaces()
    return rows if visit.sees_all else [row for row in rows if visit.sees(row.namespace)]


def shared_seen(visit: StoreVisit) -> NamespaceRow | None:
    """The shared keys, if they are this person's to see."""
    return visit.catalog.namespace(None) if visit.sees(None) else None


def totals_seen(visit: StoreVisit) -> Totals:
    """The sums over what this person sees, so that a count tells nothing of the rest."""
    if visit.sees_all:
        return visit.catalog.totals()
    rows = namespaces_seen(visit)
    shared = shared_seen(visit)
    parts = [*rows, shared] if shared else rows
    return Totals(
        keys=sum(part.keys for part in parts),
        size=sum(part.size for part in parts),
        shared_keys=shared.keys if shared else 0,
        namespaces=len(rows),
        described=visit.catalog.totals().described,
    )


async def search_seen(visit: StoreVisit, text: str, *, limit: int) -> Found:
    """The keys with `text` in their name, and how many there are."""
    if visit.sees_all:
        return await visit.catalog.asearch(text, limit=limit)
    places: list[str | None] = [row.namespace for row in namespaces_seen(visit)]
    if visit.sees(None):
        places.append(None)
    rows: list[CatalogRow] = []
    total = 0
    for place in places:
        page = await visit.catalog.apage(place, search=text, limit=limit)
        rows += page.rows[: limit - len(rows)]
        total += page.total
    return Found(rows, total)


def recent_seen(visit: StoreVisit, *, limit: int) -> list[RecentChange]:
    """The last changes, newest first."""
    if visit.sees_all:
        return visit.catalog.recent(limit=limit)
    changes = visit.catalog.recent(limit=LOOKED_THROUGH)
    return [one for one in changes if visit.sees(namespace_of(one.stored_key))][:limit]
