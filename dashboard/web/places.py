"""Where am I: the store with its plugins beside every page, and the state the store is in."""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from dashboard import marks, stores
from dashboard.access import Verb
from dashboard.catalog import NamespaceRow, Progress
from dashboard.history.book import book_of
from dashboard.stores import Store
from dashboard.web import links, wording
from dashboard.web.found import open_count
from dashboard.web.progress import ProgressView, progress_view, size_so_far, sum_of
from dashboard.web.sight import namespaces_seen, shared_seen, totals_seen
from dashboard.web.topics import store_topics
from dashboard.web.visits import StoreVisit, Visit
from dashboard.web.wording import Moment, moment

__all__ = [
    "FRESH",
    "PageLink",
    "Place",
    "Places",
    "has_sum",
    "may_see",
    "place_of",
    "places_of",
    "status_of",
]

FRESH = 8.0  # seconds for which a change is marked
MOST_PLUGINS = 100


class Place(NamedTuple):
    """One list of keys: a plugin's, or the shared ones."""

    mark: str
    url: str
    title: str
    detail: str
    keys: str
    size: str
    writes: str
    changed: Moment | None
    is_fresh: bool
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page about the store as a whole; `count` is how much there is to see, empty for nothing."""

    name: str
    url: str
    title: str
    detail: str
    count: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class StatusView:
    """A store's state in words."""

    is_down: bool
    since: Moment | None
    clock: str
    reason: str


@dataclass(frozen=True, slots=True)
class Places:
    """A store as the pane at the side shows it."""

    name: str
    label: str
    read_only: bool
    url: str
    refresh_url: str
    topic: str
    sum: str
    is_home: bool
    is_known: bool
    is_unlisted: bool
    status: StatusView
    progress: ProgressView | None
    shared: Place | None
    plugins: list[Place]
    more: str
    pages: list[PageLink]
    stores: list[dict[str, str]]


def may_see(visit: Visit, store: Store) -> bool:
    """Whether this store exists for this person."""
    return visit.rights.may_somewhere(Verb.SEE_NAMES, store.name)


def place_of(
    visit: StoreVisit,
    row: NamespaceRow,
    namespace: str | None,
    progress: Progress,
    *,
    is_here: bool,
) -> Place:
    """A row of the catalog, prepared. `namespace` is None for the shared keys, and `progress` says
    how far the catalog is.
    """
    mark, url, title, detail = lasting_parts(visit.store.name, namespace)
    return Place(
        mark=mark,
        url=url,
        title=title,
        detail=detail,
        keys=wording.count(row.keys),
        size=size_so_far(row.size, progress),
        writes=wording.count(row.writes_last_minute) if row.writes_last_minute else "–",
        changed=moment(row.changed_at, now=visit.now),
        is_fresh=row.changed_at is not None and visit.now - row.changed_at < FRESH,
        is_here=is_here,
    )


@lru_cache(maxsize=4096)
def lasting_parts(store: str, namespace: str | None) -> tuple[str, str, str, str]:
    """What never changes of a row: its mark, address, title and detail. Each page has a hundred."""
    if namespace is None:
        title, detail = "Shared keys", "seen by all plugins"
    else:
        title, detail = wording.plugin_name(namespace)
    return links.mark_of(namespace or ""), links.namespace_url(store, namespace), title, detail


def places_of(
    visit: StoreVisit,
    namespace: str | None = None,
    *,
    is_shared: bool = False,
    is_home: bool = False,
    here: str = "",
) -> Places:
    """The side pane, with the place where this page is marked: a list of keys, or page `here`."""
    store, catalog = visit.store, visit.catalog
    rows = namespaces_seen(visit)
    shown = rows[:MOST_PLUGINS]
    shared = shared_seen(visit)
    totals = totals_seen(visit)
    progress = catalog.progress
    at = None if is_home or here else namespace or ""
    return Places(
        name=store.name,
        label=wording.visible(store.label),
        read_only=store.read_only,
        url=links.url("store", store.name),
        refresh_url=links.url("store", store.name, at=at, here=here or None),
        topic=visit.topics(
            *store_topics(
                visit,
                store.name,
                marks.store_topic(store.name),
                marks.findings_topic(store.name),
            )
        ),
        sum=sum_of(totals, progress) if has_sum(progress) else "",
        is_home=is_home,
        is_known=progress.state in {"ready", "describing"},
        is_unlisted=progress.state == "unlisted",
        status=status_of(store, now=visit.now),
        progress=progress_view(progress),
        shared=place_of(visit, shared, None, progress, is_here=is_shared) if shared else None,
        plugins=[
            place_of(visit, row, row.namespace, progress, is_here=row.namespace == namespace)
            for row in shown
        ],
        more=f"{len(rows) - len(shown):,} more plugins" if len(rows) > len(shown) else "",
        pages=[] if progress.state == "unlisted" else pages_of(visit, here),
        stores=[
            {"name": each.name, "url": links.url("store", each.name)}
            for each in stores.all_stores()
            if may_see(visit, each)
        ],
    )


def has_sum(progress: Progress) -> bool:
    """Whether anything is known of how many keys there are."""
    return progress.state not in {"unlisted", "waiting"}


def pages_of(visit: StoreVisit, here: str) -> list[PageLink]:
    """The pages about the store as a whole."""
    store = visit.store.name
    found = open_count(visit)
    return [
        PageLink(
            "findings",
            links.url("findings", store),
            "Worth a look",
            "what the keys tell" if found else "nothing open",
            wording.count(found) if found else "",
            is_here=here == "findings",
        ),
        *audit_of(visit, here),
        history_of(visit, here),
        PageLink(
            "pictures",
            links.url("pictures", store),
            "Pictures",
            "sizes, activity, expiry",
            "",
            is_here=here == "pictures",
        ),
    ]


def audit_of(visit: StoreVisit, here: str) -> list[PageLink]:
    """The audit of the shared keys, for whoever may know of them."""
    shared = shared_seen(visit)
    if shared is None:
        return []
    address = links.url("audit", visit.store.name)
    detail = "shared keys, signed off"
    return [PageLink("audit", address, "Audit", detail, "", is_here=here == "audit")]


def history_of(visit: StoreVisit, here: str) -> PageLink:
    """Where the bot's earlier values are kept."""
    book = book_of(visit.store.name)
    count = sum(visit.sees(mark.key_namespace) for mark in book.marks.values())
    detail = f"kept of {wording.plural(count, 'place')}" if count else "not kept yet"
    address = links.url("history", visit.store.name)
    return PageLink("history", address, "History", detail, "", is_here=here == "history")


def status_of(store: Store, *, now: float) -> StatusView:
    """Whether the store answers, since when it does not, and why."""
    status = store.status
    since = moment(status.since, now=now)
    clock = since.exact[11:16] + " UTC" if since and since.iso else ""
    return StatusView(status.state == "down", since, clock, wording.visible(status.reason or ""))
