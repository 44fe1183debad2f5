"""Whose history is kept in a store, how much there is of it, and where to turn it on."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard import marks
from dashboard.access import Verb
from dashboard.history.book import book_of
from dashboard.history.marking import Bounds
from dashboard.history.models import HistoryMark
from dashboard.history.places import Scope
from dashboard.web import links, wording
from dashboard.web.keeping import bounds_of, kept_in_words, mark_url
from dashboard.web.notices import notices_of
from dashboard.web.permits import permit
from dashboard.web.places import places_of
from dashboard.web.responding import respond
from dashboard.web.sight import namespaces_seen
from dashboard.web.topics import store_topics
from dashboard.web.visits import StoreVisit, enter_store
from dashboard.web.wording import moment
from storage_core.keys import KeyRef

__all__ = ["history"]

MOST_PLUGINS = 500


@require_safe
async def history(request: HttpRequest, store: str) -> HttpResponse:
    """The marks on what this person may know of."""
    visit = await enter_store(request, store)
    book = book_of(store)
    await book.load()
    shown = [mark for mark in book.marks.values() if visit.sees(mark.key_namespace)]
    may_somewhere = visit.rights.may_somewhere(Verb.KEEP_HISTORY, store)
    context = visit.context() | {
        "notes": notices_of(request),
        "places": places_of(visit, here="history"),
        "store": store,
        "rows": sorted((row_of(visit, mark) for mark in shown), key=lambda row: row["order"]),
        "sum": wording.size(sum(max(mark.octets_kept, 0) for mark in shown)),
        "topic": visit.topics(*store_topics(visit, store, marks.history_topic(store))),
        "here": links.url("history", store),
        "usual": bounds_of(Bounds.usual()),
        "may": may_somewhere,
        "why": "" if may_somewhere else visit.rights.why_not(Verb.KEEP_HISTORY),
        "choices": choices_of(visit),
        "mark_url": links.url("history-mark", store),
        "shared_url": mark_url(store, Scope(None)) if may_mark(visit, None) else "",
    }
    return respond(request, "history.html", context, parts=("marks",))


def may_mark(visit: StoreVisit, namespace: str | None) -> bool:
    """Whether this person may keep history there, and it is not kept already."""
    is_free = book_of(visit.store.name).at(Scope(namespace)) is None
    return is_free and visit.rights.may(Verb.KEEP_HISTORY, visit.store.name, namespace)


def choices_of(visit: StoreVisit) -> list[dict[str, str]]:
    """The plugins whose history this person can turn on."""
    rows = [row for row in namespaces_seen(visit) if may_mark(visit, row.namespace)]
    return [
        {
            "value": row.namespace,
            "title": " · ".join(filter(None, wording.plugin_name(row.namespace))),
        }
        for row in rows[:MOST_PLUGINS]
    ]


def row_of(visit: StoreVisit, mark: HistoryMark) -> dict[str, Any]:
    """A mark as the page shows it."""
    store, key, namespace = visit.store.name, mark.stored_key, mark.key_namespace
    scope = Scope(namespace, key)
    plugin, module = wording.plugin_name(namespace) if namespace else ("Shared keys", "")
    title = plugin if key is None else wording.key_name(KeyRef.parse(key).key)
    return {
        "order": (namespace or "", key is not None, title),
        "mark": links.mark_of(scope.digest),
        "title": title,
        "detail": module or "seen by all plugins" if key is None else f"one key of {plugin}",
        "is_key": key is not None,
        "url": links.namespace_url(store, namespace) if key is None else links.key_url(store, key),
        "kept": kept_in_words(mark),
        "bounds": bounds_of(Bounds.of(mark)),
        "since": moment(mark.since, now=visit.now),
        "who": wording.visible(mark.person_name),
        "change_url": mark_url(store, scope),
        "permit": permit(visit, Verb.KEEP_HISTORY, namespace),
    }
