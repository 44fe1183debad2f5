"""The first page: all stores with what goes on in them, and the search over all of them."""

from heapq import nlargest
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard import marks, stores
from dashboard.catalog import NamespaceRow, RecentChange
from dashboard.journal import queries
from dashboard.pictures import share_of
from dashboard.stores import Store
from dashboard.web import links, wording
from dashboard.web.activity import activity_of
from dashboard.web.finding import find
from dashboard.web.found import open_count
from dashboard.web.journal_sight import visible_lines
from dashboard.web.notices import notices_of
from dashboard.web.palette import groups_for
from dashboard.web.places import FRESH, has_sum, may_see, status_of
from dashboard.web.progress import progress_view, size_so_far
from dashboard.web.responding import is_partial, respond
from dashboard.web.sight import namespaces_seen, recent_seen, shared_seen, totals_seen
from dashboard.web.topics import journal_topics, store_topics
from dashboard.web.views.journal import line_of
from dashboard.web.visits import StoreVisit, Visit, enter
from dashboard.web.wording import moment
from storage_core.keys import KeyRef

__all__ = ["change_of", "overview"]

LAST_CHANGES = 8
LARGEST_PLUGINS = 8
LAST_DEEDS = 6
BUSIEST_PLUGINS = 4


@require_safe
async def overview(request: HttpRequest) -> HttpResponse:
    """Every store this person may see; with `q`, what is called so in all of them.

    With `at`, the address of another page, also what can be done there.
    """
    visit = await enter(request)
    asked = links.asked_all(request)
    search = asked.get("q", "").strip()
    # Where the palette was opened; the browser knows better than a bar that was not got again.
    address = request.headers.get("HX-Current-URL") or asked.get("at", "")
    is_palette = bool(search) or "at" in asked
    seen = [store for store in stores.all_stores() if may_see(visit, store)]
    context = visit.context() | {
        "notes": notices_of(request),
        "search": wording.visible(search),
        "hits": await find(visit, search) if search else None,
        "groups": groups_for(visit, search, address) if is_palette else [],
        "is_palette": is_palette,
        "stores": [card_of(visit, store) for store in seen],
        "here": links.url("overview"),
        "needs_password": not visit.user.has_usable_password(),
        "has_stores": bool(stores.all_stores()),
        "deeds": [] if is_palette or is_other_part(request) else await last_deeds(visit),
        "journal_topic": visit.topics(*journal_topics(visit)),
    }
    return respond(request, "overview.html", context, parts=("found", "stores", "deeds"))


def is_other_part(request: HttpRequest) -> bool:
    """Whether only a part of the page is asked for that does not need the journal."""
    return is_partial(request) and request.headers.get("HX-Target") != "deeds"


async def last_deeds(visit: Visit) -> list[dict[str, Any]]:
    """What people changed last, as far as this person may know."""
    rows = await queries.latest(LAST_DEEDS, visible=visible_lines(visit.rights))
    return [line_of(visit, row) for row in rows]


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
    found = open_count(place)
    return {
        "mark": links.mark_of(store.name),
        "name": store.name,
        "label": wording.visible(store.label),
        "read_only": store.read_only,
        "feed": store.feed,
        "url": links.url("store", store.name),
        "shared_url": links.url("shared", store.name),
        "findings_url": links.url("findings", store.name),
        "found": f"{wording.plural(found, 'finding')} to look at" if found else "",
        "topic": visit.topics(
            *store_topics(
                visit,
                store.name,
                marks.store_topic(store.name),
                marks.findings_topic(store.name),
            )
        ),
        "status": status_of(store, now=visit.now),
        "progress": progress_view(catalog.progress),
        "is_unlisted": catalog.progress.state == "unlisted",
        "has_sum": has_sum(catalog.progress),
        "keys": wording.count(totals.keys),
        "size": size_so_far(totals.size, catalog.progress),
        "plugins": wording.count(totals.namespaces),
        "shared_keys": wording.count(totals.shared_keys),
        "writes": wording.count(writes),
        "largest": largest_of(place, rows),
        "more": f"All {totals.namespaces:,} plugins" if len(rows) > LARGEST_PLUGINS else "",
        "activity": activity_of(place, most=BUSIEST_PLUGINS),
        "changes": [change_of(place, change) for change in recent_seen(place, limit=LAST_CHANGES)],
    }


def largest_of(place: StoreVisit, rows: list[NamespaceRow]) -> list[dict[str, Any]]:
    """The plugins with the most keys; `share` in hundredths of the largest one's."""
    largest = nlargest(LARGEST_PLUGINS, rows, key=lambda row: row.keys)
    most = largest[0].keys if largest else 0
    return [
        {
            "mark": links.mark_of(row.namespace),
            "url": links.namespace_url(place.store.name, row.namespace),
            "title": wording.plugin_name(row.namespace)[0],
            "module": wording.plugin_name(row.namespace)[1],
            "keys": wording.count(row.keys),
            "share": share_of(row.keys, most),
            "is_fresh": row.changed_at is not None and place.now - row.changed_at < FRESH,
        }
        for row in largest
    ]


def change_of(place: StoreVisit, change: RecentChange) -> dict[str, Any]:
    """One change that the watcher saw."""
    ref = KeyRef.parse(change.stored_key)
    title = "shared" if ref.namespace is None else wording.plugin_name(ref.namespace)[0]
    return {
        "url": links.key_url(place.store.name, change.stored_key),
        "key": wording.key_name(ref.key),
        "place": title,
        "verb": change.verb,
        "at": moment(change.at, now=place.now),
        "is_fresh": place.now - change.at < FRESH,
    }
