"""One store: its plugins with counts and sizes, and the search over its keys."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard.catalog import NamespaceRow
from dashboard.web import links, wording
from dashboard.web.finding import matching
from dashboard.web.listing import plain_columns, rows_of
from dashboard.web.notices import notices_of
from dashboard.web.permits import permits_of
from dashboard.web.places import Place, place_of, places_of
from dashboard.web.responding import respond
from dashboard.web.sight import namespaces_seen, search_seen, shared_seen
from dashboard.web.visits import StoreVisit, enter_store

__all__ = ["store"]

MOST_PLUGINS = 500
MOST_KEYS = 50


@require_safe
async def store(request: HttpRequest, store: str) -> HttpResponse:
    """The namespaces of a store; with `q`, those and the keys that have the text in their name."""
    visit = await enter_store(request, store)
    asked = links.asked_all(request)
    search = asked.get("q", "").strip()
    # `at` is where the page is that asks for its side pane again; empty for the shared keys.
    at, here = asked.get("at"), asked.get("here", "")
    rows = namespaces_seen(visit)
    if search:
        rows = matching(rows, search)
    context = visit.context() | {
        "notes": notices_of(request),
        "places": places_of(
            visit, at or None, is_shared=at == "", is_home=at is None and not here, here=here
        ),
        "permits": permits_of(visit, None),
        "here": links.url("store", store, q=search or None),
        "create_url": links.url("key-create", store),
        "open_url": links.url("key", store),
        "search": wording.visible(search),
        "namespaces": lists_of(visit, rows[:MOST_PLUGINS], with_shared=not search),
        "more": f"{len(rows) - MOST_PLUGINS:,} more plugins: search for their name."
        if len(rows) > MOST_PLUGINS
        else "",
    }
    context |= await found_keys(visit, search)
    return respond(request, "store.html", context, parts=("places", "status", "namespaces"))


def lists_of(visit: StoreVisit, rows: list[NamespaceRow], *, with_shared: bool) -> list[Place]:
    """The shared keys first, then the plugins."""
    plugins = [place_of(visit, row, row.namespace, is_here=False) for row in rows]
    shared = shared_seen(visit) if with_shared else None
    return [place_of(visit, shared, None, is_here=False), *plugins] if shared else plugins


async def found_keys(visit: StoreVisit, search: str) -> dict[str, Any]:
    """The keys that a search found, over all plugins."""
    if not search:
        return {}
    found = await search_seen(visit, search, limit=MOST_KEYS)
    shown = f", the first {len(found.rows)} of them" if found.total > len(found.rows) else ""
    return {
        "columns": plain_columns(),
        "keys": await rows_of(visit, found.rows, with_places=True),
        "found": f"{wording.plural(found.total, 'key')} with this text in the name{shown}",
    }
