"""The keys of one plugin, and the shared keys."""

from collections.abc import Mapping
from typing import Any, get_args

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from dashboard import marks
from dashboard.catalog import NamespaceRow, Progress, Sort
from dashboard.catalog.paging import PageRequest
from dashboard.history.places import Scope
from dashboard.web import links, wording
from dashboard.web.expired import left_in
from dashboard.web.filters import KeyFilters, filters_view
from dashboard.web.keeping import keeping_of
from dashboard.web.listed import listed, listed_for_all
from dashboard.web.narrowing import said_of, values_url
from dashboard.web.notices import notices_of
from dashboard.web.permits import permits_of
from dashboard.web.places import places_of
from dashboard.web.progress import sum_of
from dashboard.web.responding import is_partial, part_asked, respond
from dashboard.web.visits import StoreVisit, enter_namespace, no_plugin
from storage_core.keys import key_to_bytes

__all__ = ["list_context", "namespace", "shared"]

PAGE = 50
PARTS = ("counts", "rows", "value")
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
    }
    match part_asked(visit.request, PARTS):
        case "counts":
            context["list"] = head_of(visit, namespace)
        case "rows":
            context["list"] = await rows_context(visit, namespace, is_part=True)
        case None:
            context["list"] = await list_context(visit, namespace)
    return respond(visit.request, "namespace.html", context, parts=PARTS)


async def list_context(
    visit: StoreVisit, namespace: str | None, *, opened: str | None = None
) -> dict[str, Any]:
    """A list of keys, prepared: of the page's own address, or beside the key that is `opened`."""
    rows = await rows_context(visit, namespace, opened=opened)
    filters, row = filters_of(visit, opened), visit.catalog.namespace(namespace)
    return (
        head_of(visit, namespace)
        | rows
        | {
            "module": "" if namespace is None else wording.plugin_name(namespace)[1],
            "keeping": keeping_of(visit, Scope(namespace)),
            "filters": await filters_view(visit, filters, [namespace], row.keys if row else 0),
            "namespace": namespace or "",
            "list_url": links.url("shared" if namespace is None else "namespace", visit.store.name),
            "create_url": links.url("key-create", visit.store.name, ns=namespace),
        }
    )


def head_of(visit: StoreVisit, namespace: str | None) -> dict[str, Any]:
    """What a list says of itself as a whole."""
    row = visit.catalog.namespace(namespace)
    return {
        "summary": summary_of(row, visit.catalog.progress) if row else "No keys",
        "topic": visit.topics(marks.namespace_topic(visit.store.name, namespace)),
        "home_url": links.namespace_url(visit.store.name, namespace),
    }


def asked_of(visit: StoreVisit, opened: str | None) -> dict[str, str]:
    """What the address says of the list; one beside a key that is `opened` is as it begins."""
    return {} if opened is not None else links.asked_all(visit.request)


def filters_of(visit: StoreVisit, opened: str | None) -> KeyFilters:
    return KeyFilters.of(asked_of(visit, opened))


async def rows_context(
    visit: StoreVisit, namespace: str | None, *, opened: str | None = None, is_part: bool = False
) -> dict[str, Any]:
    """The rows of a list and what stands around them; `is_part` when nothing else is asked for."""
    asked, filters = asked_of(visit, opened), filters_of(visit, opened)
    sort: Sort = next((name for name in SORTS if name == asked.get("sort")), "key")
    descending = asked.get("desc") == "1"
    after, before = asked.get("after") or None, asked.get("before") or None
    request = PageRequest(sort, descending, key_to_bytes(filters.text), after, before, PAGE)
    if is_part:
        found = await listed_for_all(visit, namespace, filters, request)
    else:
        found = await listed(visit, namespace, filters, request, opened=opened)
    page, store = found.page, visit.store.name
    order = {"sort": sort if sort != "key" else None, "desc": 1 if descending else None}

    def address(query: Mapping[str, Any], **place: str | None) -> str:
        return links.namespace_url(store, namespace, **query, **order, **place)

    row = visit.catalog.namespace(namespace)
    return {
        "permits": permits_of(visit, namespace),
        "title": "Shared keys" if namespace is None else wording.plugin_name(namespace)[0],
        "is_shared": namespace is None,
        "search": wording.visible(filters.q),
        "order": order,
        "narrowed": said_of(filters, page.total, row.keys if row else 0, address),
        "columns": found.columns,
        "keys": found.keys,
        "table": found.table,
        "found": wording.plural(page.total, "key"),
        "topic": visit.topics(marks.namespace_topic(store, namespace)),
        "home_url": links.namespace_url(store, namespace),
        "everywhere_url": links.url("store", store, **filters.query),
        "values_url": values_url(store, namespace, filters.text),
        "here": address(filters.query, after=after, before=before),
        "next_url": page.next and address(filters.query, after=page.next),
        "previous_url": page.previous and address(filters.query, before=page.previous),
    }


def summary_of(row: NamespaceRow, progress: Progress) -> str:
    """`1,204 keys · 2.8 MB. 12 writes in the last minute.`"""
    writes = row.writes_last_minute
    busy = f" {wording.plural(writes, 'write')} in the last minute." if writes else ""
    return f"{sum_of(row, progress)}.{busy}"
