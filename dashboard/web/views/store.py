"""One store: its plugins with counts and sizes, and the search over its keys."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard.access import Verb
from dashboard.catalog import NamespaceRow
from dashboard.web import links, wording
from dashboard.web.activity import activity_of
from dashboard.web.filters import KeyFilters, filters_view
from dashboard.web.finding import matching
from dashboard.web.listing import plain_columns, rows_of
from dashboard.web.narrowing import places_seen, said_of, store_page, values_url
from dashboard.web.notices import notices_of
from dashboard.web.permits import permits_of
from dashboard.web.places import Place, place_of, places_of
from dashboard.web.responding import is_partial, respond
from dashboard.web.sight import namespaces_seen, recent_seen, shared_seen, totals_seen
from dashboard.web.sorting import PluginSort
from dashboard.web.views.overview import change_of
from dashboard.web.visits import StoreVisit, enter_store

__all__ = ["store"]

MOST_PLUGINS = 500
MOST_KEYS = 50
BUSIEST_PLUGINS = 6
LAST_CHANGES = 6


@require_safe
async def store(request: HttpRequest, store: str) -> HttpResponse:
    """The namespaces of a store; with a search or a filter, the keys that it leaves."""
    visit = await enter_store(request, store)
    asked = links.asked_all(request)
    filters = KeyFilters.of(asked)
    # `at` is where the page is that asks for its side pane again; empty for the shared keys.
    at, here = asked.get("at"), asked.get("here", "")
    # A filter is about keys, so it leaves no plugins.
    rows = [] if filters.is_narrowed else namespaces_seen(visit)
    if filters.text:
        rows = matching(rows, filters.text)
    order = PluginSort.of(asked)
    is_search = bool(filters.text) or filters.is_narrowed
    context = visit.context() | {
        "notes": notices_of(request),
        "places": places_of(
            visit, at or None, is_shared=at == "", is_home=at is None and not here, here=here
        ),
        "permits": permits_of(visit, None),
        "create_url": links.url("key-create", store),
        "open_url": links.url("key", store),
        "values_url": values_url(store, None, filters.text, is_whole=True)
        if visit.rights.may_somewhere(Verb.SEE_VALUES, store)
        else "",
        "search": wording.visible(filters.q),
        "is_search": is_search,
        "namespaces": lists_of(visit, rows, order, with_shared=not is_search),
        "heads": order.heads(store, filters.query),
        "more": f"{len(rows) - MOST_PLUGINS:,} more plugins: search for their name."
        if len(rows) > MOST_PLUGINS
        else "",
        "here": links.url("store", store, **order.query),
        **(await found_keys(visit, filters, asked) if is_search else {}),
    }
    if not is_partial(request):
        keys = totals_seen(visit).keys
        context["filters"] = await filters_view(visit, filters, places_seen(visit), keys)
    if not is_search and request.headers.get("HX-Target", "activity") == "activity":
        context["activity"] = activity_of(visit, most=BUSIEST_PLUGINS)
        recent = recent_seen(visit, limit=LAST_CHANGES)
        context["changes"] = [change_of(visit, change) for change in recent]
    parts = ("places", "status", "activity", "namespaces")
    return respond(request, "store.html", context, parts=parts)


def lists_of(
    visit: StoreVisit, rows: list[NamespaceRow], order: PluginSort, *, with_shared: bool
) -> list[Place]:
    """The plugins and the shared keys in this order, as many as are shown."""
    shared = shared_seen(visit) if with_shared else None
    found = order.sorted([shared, *rows] if shared else rows)
    most = MOST_PLUGINS + (shared is not None)
    progress = visit.catalog.progress
    return [
        place_of(visit, row, row.namespace or None, progress, is_here=False) for row in found[:most]
    ]


async def found_keys(
    visit: StoreVisit, filters: KeyFilters, asked: Mapping[str, str]
) -> dict[str, Any]:
    """The keys that a search or a filter found, over all plugins."""
    after, before = asked.get("after") or None, asked.get("before") or None
    page = await store_page(visit, filters, after=after, before=before, limit=MOST_KEYS)

    def address(query: Mapping[str, Any], **place: str | None) -> str:
        return links.url("store", visit.store.name, **query, **place)

    return {
        "columns": plain_columns(),
        "keys": await rows_of(visit, page.rows, with_places=True),
        "narrowed": said_of(filters, page.total, totals_seen(visit).keys, address),
        "here": address(
            {**filters.query, **PluginSort.of(asked).query}, after=after, before=before
        ),
        "pages": {
            "found": wording.plural(page.total, "key"),
            "next_url": page.next and address(filters.query, after=page.next),
            "previous_url": page.previous and address(filters.query, before=page.previous),
        },
    }
