"""Keeping the history of a place, changing how much of it, and keeping it no longer."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from dashboard.access import Verb
from dashboard.history.book import book_of
from dashboard.history.marking import Bounds, begin, end, kept_under
from dashboard.history.models import HistoryMark
from dashboard.history.places import Scope
from dashboard.journal.models import Deed
from dashboard.web import links, notices, wording
from dashboard.web.keeping import FIELDS, bounds_in, bounds_of, mark_url, name_of
from dashboard.web.on_record import put_on_record
from dashboard.web.responding import respond, send_to
from dashboard.web.visits import StoreVisit, enter_namespace, no_plugin
from storage_core.keys import is_namespace

__all__ = ["history_mark"]


@require_http_methods(["GET", "HEAD", "POST"])
async def history_mark(request: HttpRequest, store: str) -> HttpResponse:
    """The form for what `key` or `ns` names, else the shared keys. `do` is `keep` or `stop`."""
    asked = links.asked_all(request)
    scope = Scope.of_key(asked["key"]) if "key" in asked else Scope(asked.get("ns"))
    if scope.namespace is not None and not is_namespace(scope.namespace):
        raise no_plugin(store, scope.namespace)
    visit = await enter_namespace(request, store, scope.namespace)
    visit.rights.require(Verb.KEEP_HISTORY, store, scope.namespace)
    await book_of(store).load()
    mark = book_of(store).at(scope)
    if request.method != "POST":
        return await asking(visit, scope, mark, Bounds.of(mark) if mark else Bounds.usual())
    if request.POST.get("do") == "stop":
        return await stopped(visit, scope, mark)
    return await kept(visit, scope, mark)


async def note(visit: StoreVisit, scope: Scope, text: str) -> None:
    """Put on record what is done with the history of a place."""
    store, namespace = visit.store.name, scope.namespace or ""
    await put_on_record(
        visit, Deed.HISTORY, text, store=store, namespace=namespace, stored_key=scope.key
    )


async def kept(visit: StoreVisit, scope: Scope, mark: HistoryMark | None) -> HttpResponse:
    """Keep it within the bounds that were typed."""
    bounds, errors = bounds_in(visit.request.POST)
    if errors:
        return await asking(visit, scope, mark, bounds, errors=errors, status=422)
    await note(visit, scope, f"History of {name_of(scope)} is kept: {bounds_of(bounds)}.")
    await begin(visit.store.name, scope, bounds, visit.name)
    notices.tell(
        visit.request, "Saved." if mark else f"The history of {name_of(scope)} is kept from now on."
    )
    return send_to(visit.request, place_url(visit, scope))


async def stopped(visit: StoreVisit, scope: Scope, mark: HistoryMark | None) -> HttpResponse:
    """Keep it no longer, and delete what there is, once that was asked."""
    if mark is None:
        return send_to(visit.request, links.url("history", visit.store.name))
    if visit.request.POST.get("sure") != "1":
        return await asking(visit, scope, mark, Bounds.of(mark), is_last_question=True)
    amount = wording.plural((await kept_under(mark)).versions, "version")
    await note(visit, scope, f"History of {name_of(scope)} is kept no longer: {amount} deleted.")
    await end(mark)
    notices.tell(visit.request, f"The history of {name_of(scope)} is kept no longer.")
    return send_to(visit.request, links.url("history", visit.store.name))


def place_url(visit: StoreVisit, scope: Scope) -> str:
    if scope.key is not None:
        return links.key_url(visit.store.name, scope.key)
    return links.namespace_url(visit.store.name, scope.namespace)


async def asking(
    visit: StoreVisit,
    scope: Scope,
    mark: HistoryMark | None,
    bounds: Bounds,
    *,
    errors: dict[str, str] | None = None,
    is_last_question: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The form, or the question whether what is kept may be deleted."""
    store = visit.store.name
    there = await kept_under(mark) if mark else None
    context = visit.context() | {
        "store": store,
        "store_url": links.url("store", store),
        "history_url": links.url("history", store),
        "place": name_of(scope),
        "place_url": place_url(visit, scope),
        "is_key": scope.key is not None,
        "is_kept": mark is not None,
        "versions": wording.plural(there.versions, "version") if there else "",
        "keys": wording.plural(there.keys, "key") if there else "",
        "size": wording.size(there.octets) if there else "",
        "fields": fields_of(visit, bounds, errors or {}),
        "is_last_question": is_last_question,
        "wider": wider_of(visit, scope),
        "action_url": mark_url(store, scope),
    }
    return respond(visit.request, "history_mark.html", context, part="form", status=status)


def wider_of(visit: StoreVisit, scope: Scope) -> str:
    """The place whose mark covers a single key as well; empty if there is none."""
    wider = Scope(scope.namespace)
    is_there = scope.key is not None and book_of(visit.store.name).at(wider) is not None
    return name_of(wider) if is_there else ""


def fields_of(visit: StoreVisit, bounds: Bounds, errors: dict[str, str]) -> list[dict[str, Any]]:
    """The bounds as fields, with what was typed where that was wrong."""
    typed = visit.request.POST if errors else {}
    return [
        {
            "name": field.name,
            "title": field.title,
            "said": field.said,
            "value": typed.get(field.name, getattr(bounds, field.name) // field.unit),
            "error": errors.get(field.name, ""),
        }
        for field in FIELDS
    ]
