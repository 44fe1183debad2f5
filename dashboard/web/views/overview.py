"""The first page: all stores, and the search over all of them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard import marks, stores
from dashboard.catalog import RecentChange
from dashboard.stores import Store
from dashboard.web import links, wording
from dashboard.web.finding import find
from dashboard.web.notices import notices_of
from dashboard.web.places import FRESH, may_see, progress_view, status_of
from dashboard.web.responding import respond
from dashboard.web.sight import namespaces_seen, recent_seen, shared_seen, totals_seen
from dashboard.web.visits import StoreVisit, Visit, enter
from dashboard.web.wording import moment
from storage_core.keys import KeyRef

__all__ = ["overview"]

LAST_CHANGES = 6


@require_safe
async def overview(request: HttpRequest) -> HttpResponse:
    """Every store this person may see; with `q`, what is called so in all of them."""
    visit = await enter(request)
    search = links.asked(request, "q").strip()
    seen = [store for store in stores.all_stores() if may_see(visit, store)]
    context = visit.context() | {
        "notes": notices_of(request),
        "search": wording.visible(search),
        "hits": await find(visit, search) if search else None,
        "stores": [card_of(visit, store) for store in seen],
        "here": links.url("overview"),
        "needs_password": not visit.user.has_usable_password(),
        "has_stores": bool(stores.all_stores()),
    }
    return respond(request, "overview.html", context, parts=("found", "stores"))


def card_of(visit: Visit, store: Store) -> dict[str, Any]:
    """A store with what is known of it, prepared."""
    place = StoreVisit(visit.request, visit.user, visit.rights, visit.now, store=store)
    catalog = place.catalog
    totals = totals_seen(place)
    rows = namespaces_seen(place)
    shared = shared_seen(place)
    writes = sum(row.writes_last_minute for row in rows) + (
        shared.writes_last_minute if shared else 0
    )
    return {
        "mark": links.mark_of(store.name),
        "name": store.name,
        "label": wording.visible(store.label),
        "read_only": store.read_only,
        "feed": store.feed,
        "url": links.url("store", store.name),
        "shared_url": links.url("shared", store.name),
        "topic": visit.topics(marks.store_topic(store.name)),
        "status": status_of(store, now=visit.now),
        "progress": progress_view(catalog.progress),
        "is_unlisted": catalog.progress.state == "unlisted",
        "keys": wording.count(totals.keys),
        "size": wording.size(totals.size),
        "plugins": wording.count(totals.namespaces),
        "shared_keys": wording.count(totals.shared_keys),
        "writes": wording.plural(writes, "write") + " in the last minute",
        "changes": [change_of(place, change) for change in recent_seen(place, limit=LAST_CHANGES)],
    }


def change_of(place: StoreVisit, change: RecentChange) -> dict[str, Any]:
    """One change that the watcher saw."""
    ref = KeyRef.parse(change.stored_key)
    title = "shared" if ref.namespace is None else wording.plugin_name(ref.namespace)[0]
    return {
        "url": links.key_url(place.store.name, change.stored_key),
        "key": wording.visible(ref.key),
        "place": title,
        "verb": change.verb,
        "at": moment(change.at, now=place.now),
        "is_fresh": place.now - change.at < FRESH,
    }
