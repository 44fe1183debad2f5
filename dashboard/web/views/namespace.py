"""The keys of one plugin, and the shared keys."""

from collections.abc import Mapping
from typing import Any, get_args

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from dashboard import marks
from dashboard.catalog import Sort
from dashboard.catalog.paging import PageRequest
from dashboard.history.places import Scope
from dashboard.web import links, wording
from dashboard.web.expired import left_in
from dashboard.web.filters import KeyFilters, filters_view
from dashboard.web.keeping import keeping_of
from dashboard.web.listing import columns_of, rows_of
from dashboard.web.narrowing import list_page, said_of, values_url
from dashboard.web.notices import notices_of
from dashboard.web.permits import permits_of
from dashboard.web.places import places_of
from dashboard.web.responding import is_partial, respond
from dashboard.web.visits import StoreVisit, enter_namespace, no_plugin
from storage_core.keys import key_to_bytes

__all__ = ["list_context", "namespace", "shared"]

PAGE = 50
SORTS: tuple[Sort, ...] = get_args(Sort)


@require_safe
async def namespace(request: HttpRequest, store: str) -> HttpResponse:
    """The keys of the plugin that `ns` names."""
    asked = links.asked(request, "ns")
    visit = await enter_namespace(request, store, asked)
    is_known = visit.catalog.progress.state in {"ready", "describing"}
    is_there = visit.catalog.namespace(asked) is not None or left_in(visit, asked) > 0
    if is_known and not is_there and not is_partial(request):
        raise no_plugin(store, asked)
    return await answer(visit, asked)


@require_safe
async def shared(request: HttpRequest, store: str) -> HttpResponse:
    """The keys without a namespace."""
    visit = await enter_namespace(request, store, None)
    return await answer(visit, None)


async def answer(visit: StoreVisit, namespace: str | None) -> HttpResponse:
    context = visit.context() | {
        "notes": notices_of(visit.request),
        # A part of the page shows none of it most often, and it is about all plugins.
        "places": SimpleLazyObject(
            lambda: places_of(visit, namespace, is_shared=namespace is None)
        ),
        "list": await list_context(visit, namespace),
    }
    parts = ("counts", "rows", "value")
    return respond(visit.request, "namespace.html", context, parts=parts)


async def list_context(
    visit: StoreVisit, namespace: str | None, *, opened: str | None = None
) -> dict[str, Any]:
    """A list of keys, prepared: of the page's own address, or beside the key that is `opened`."""
    asked = {} if opened is not None else links.asked_all(visit.request)
    filters = KeyFilters.of(asked)
    sort: Sort = next((name for name in SORTS if name == asked.get("sort")), "key")
    descending = asked.get("desc") == "1"
    search = key_to_bytes(filters.text)
    after, before = asked.get("after") or None, asked.get("before") or None
    request = PageRequest(sort, descending, search, after, before, PAGE)
    page = await list_page(visit, namespace, filters, request)
    store = visit.store.name
    order = {"sort": sort if sort != "key" else None, "desc": 1 if descending else None}

    def address(query: Mapping[str, Any], **place: str | None) -> str:
        return links.namespace_url(store, namespace, **query, **order, **place)

    row = visit.catalog.namespace(namespace)
    title, module = ("Shared keys", "") if namespace is None else wording.plugin_name(namespace)
    return {
        "permits": permits_of(visit, namespace),
        "keeping": keeping_of(visit, Scope(namespace)),
        "title": title,
        "module": module,
        "is_shared": namespace is None,
        "summary": summary_of(row.keys, row.size, row.writes_last_minute) if row else "No keys",
        "search": wording.visible(filters.q),
        "order": order,
        "filters": await form_of(visit, namespace, filters, row.keys if row else 0),
        "narrowed": said_of(filters, page.total, row.keys if row else 0, address),
        "columns": columns_of(store, namespace, sort, descending=descending, query=filters.query),
        "keys": await rows_of(visit, page.rows, opened=opened),
        "found": wording.plural(page.total, "key"),
        "topic": visit.topics(marks.namespace_topic(store, namespace)),
        "namespace": namespace or "",
        "home_url": links.namespace_url(store, namespace),
        "list_url": links.url("shared" if namespace is None else "namespace", store),
        "everywhere_url": links.url("store", store, **filters.query),
        "values_url": values_url(store, namespace, filters.text),
        "here": address(filters.query, after=after, before=before),
        "create_url": links.url("key-create", store, ns=namespace),
        "next_url": page.next and address(filters.query, after=page.next),
        "previous_url": page.previous and address(filters.query, before=page.previous),
    }


async def form_of(
    visit: StoreVisit, namespace: str | None, filters: KeyFilters, keys: int
) -> dict[str, Any] | None:
    """The form of the filters; a part of the page has none."""
    if is_partial(visit.request):
        return None
    return await filters_view(visit, filters, [namespace], keys)


def summary_of(keys: int, size: int, writes: int) -> str:
    """`1,204 keys, 2.8 MB. 12 writes in the last minute.`"""
    busy = f" {wording.plural(writes, 'write')} in the last minute." if writes else ""
    return f"{wording.plural(keys, 'key')}, {wording.size(size)}.{busy}"
