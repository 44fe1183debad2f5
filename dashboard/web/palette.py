"""The command palette: what can be done where one is, and which pages there are.

The same groups are the search page, so that it all works without a script.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from dashboard import stores
from dashboard.access import Verb
from dashboard.stores import UnknownStore
from dashboard.web import links, wording
from dashboard.web.guide import TOPICS
from dashboard.web.permits import Permit, permits_of
from dashboard.web.places import may_see, pages_of
from dashboard.web.sight import shared_seen
from dashboard.web.visits import StoreVisit, Visit
from storage_core.keys import KeyRef

__all__ = ["Command", "Group", "groups_for"]

OF_KEYS = ("key", "version-", "history-mark")
"""How the names of the addresses begin that are about one key."""


@dataclass(frozen=True, slots=True)
class Command:
    """A line of the palette: where it leads, its words, and other words by which it is found."""

    url: str
    title: str
    detail: str
    icon: str
    also: str = ""

    def fits(self, words: list[str]) -> bool:
        """Whether it has all of these words, each anywhere, whatever the case."""
        text = f"{self.title} {self.detail} {self.also}".casefold()
        return all(word in text for word in words)


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under one heading."""

    title: str
    commands: list[Command]


@dataclass(frozen=True, slots=True)
class Here:
    """Where a person is: a store, perhaps one of its lists of keys, perhaps one key."""

    store: StoreVisit
    is_list: bool = False
    namespace: str | None = None
    stored_key: str | None = None


def groups_for(visit: Visit, text: str, address: str) -> list[Group]:
    """What fits `text` for somebody who is at `address`; with no text, what is nearest."""
    words = text.casefold().split()
    here = here_at(visit, address)
    groups = [
        Group("Here", list(actions_here(here)) if here else []),
        Group("Pages", list(pages_for(visit, here, everything=bool(words)))),
    ]
    fitting = [
        Group(group.title, [one for one in group.commands if one.fits(words)]) for group in groups
    ]
    fitting.append(Group("Inside values", list(in_values(visit, text, here)) if words else []))
    return [group for group in fitting if group.commands]


def in_values(visit: Visit, text: str, here: Here | None) -> Iterator[Command]:
    """The same text, looked for inside values: of the store where one is, or of any."""
    for store in stores.all_stores():
        is_asked = here is None or here.store.store is store
        if is_asked and store.browsable and visit.rights.may_somewhere(Verb.SEE_VALUES, store.name):
            address = links.url("value-search", store.name, q=text)
            said = f"look for “{wording.visible(text)}”"
            yield Command(address, f"Values of {store.name}", said, "text-search")


def here_at(visit: Visit, address: str) -> Here | None:
    """The place that an address of ours is about, if it is about one that this person may see."""
    parts = urlsplit(address)
    try:
        match = resolve(parts.path or "/")
        store = stores.get(match.kwargs.get("store", ""))
    except (Resolver404, UnknownStore):
        return None
    if not may_see(visit, store):
        return None
    place = StoreVisit(visit.request, visit.user, visit.rights, visit.now, store=store)
    asked = links.parsed(parts.query)
    name, key = match.url_name or "", asked.get("key", "")
    if name.startswith(OF_KEYS) and key and name != "key-create":
        ref = KeyRef.parse(key)
        is_seen = place.sees(ref.namespace)
        return Here(place, True, ref.namespace, key) if is_seen else Here(place)
    if name in ("namespace", "key-create") and place.sees(asked.get("ns", "")):
        return Here(place, True, asked.get("ns", ""))
    if name == "shared" and place.sees(None):
        return Here(place, True, None)
    return Here(place)


def actions_here(here: Here) -> Iterator[Command]:
    """What can be done with the key, the list or the store that is open."""
    if here.stored_key is not None:
        yield from actions_on_key(here.store, here.stored_key)
    store = here.store.store.name
    if here.is_list:
        permits = permits_of(here.store, here.namespace)
        title = "Shared keys" if here.namespace is None else wording.plugin_name(here.namespace)[0]
        address = links.url("key-create", store, ns=here.namespace)
        yield permitted(permits["create"], address, "New key", f"in {title}", "plus", "create add")
        if here.stored_key is not None:
            home = links.namespace_url(store, here.namespace)
            yield Command(home, f"All keys of {title}", store, "list", "plugin back")
    else:
        permit = permits_of(here.store, None)["create"]
        address = links.url("key-create", store)
        yield permitted(permit, address, "New key", f"in {store}", "plus", "create add")


def actions_on_key(place: StoreVisit, stored_key: str) -> Iterator[Command]:
    ref = KeyRef.parse(stored_key)
    permits = permits_of(place, ref.namespace)
    detail = wording.key_name(ref.key)

    def address(name: str, **more: str) -> str:
        return links.key_url(place.store.name, stored_key, name, **more)

    def on_key(verb: str, url: str, title: str, icon: str, also: str) -> Command:
        return permitted(permits[verb], url, title, detail, icon, also)

    yield on_key("edit", address("key-edit", as_="source"), "Edit the source", "code", "correct")
    yield on_key("expire", address("key-expiry"), "Change the expiry", "timer", "expires ttl")
    yield Command(address("key-watch"), "Watch this key", detail, "bell", "follow unwatch")
    yield on_key("see_values", address("key", raw="1"), "Show stored bytes", "binary", "hex raw")
    url, also = address("key-timeline"), "versions yesterday bot before"
    yield on_key("see_values", url, "What became of this key", "history", also)
    url = address("history-mark")
    yield on_key("keep_history", url, "Keep its history", "archive-restore", "versions stop")
    journal = links.url("journal", store=place.store.name, key=ref.key)
    yield Command(journal, "What people did to this key", detail, "history", "journal undo restore")
    yield on_key("delete", address("key-delete"), "Delete this key", "trash-2", "remove")


def permitted(
    permit: Permit, url: str, title: str, detail: str, icon: str, also: str = ""
) -> Command:
    """A line for what is allowed; for what is not, one that leads to the reason."""
    if permit.allowed:
        return Command(url, title, detail, icon, also)
    return Command(permit.why_url or url, title, permit.why, "lock", also)


def pages_for(visit: Visit, here: Here | None, *, everything: bool) -> Iterator[Command]:
    """The pages: of the store where one is, or of all of them, and those beside the stores."""
    for store in stores.all_stores():
        if may_see(visit, store) and (everything or (here and here.store.store is store)):
            place = StoreVisit(visit.request, visit.user, visit.rights, visit.now, store=store)
            yield from pages_of_store(place)
    yield Command(links.url("overview"), "All stores", "overview", "layout-grid", "home start")
    yield Command(links.url("journal"), "Journal", "what people changed", "history", "log undo")
    yield Command(links.url("watches"), "What you watch", "keys that you follow", "bell")
    yield Command(links.url("account"), "Your account", "role and password", "user-round")
    if visit.rights.administers:
        yield from pages_of_admins()
    yield Command(
        links.url("help-index"), "Help", "short pages about everything", "circle-question-mark"
    )
    if everything:
        for topic in TOPICS:
            address = links.url("help-topic", topic.name)
            yield Command(address, topic.title, "help", topic.icon, topic.about)


def pages_of_store(place: StoreVisit) -> Iterator[Command]:
    name = place.store.name
    icons = {"findings": "triangle-alert", "audit": "clipboard-check", "pictures": "chart-column"}
    icons |= {"history": "archive-restore"}
    yield Command(
        links.url("store", name), f"All plugins of {name}", "namespaces", "boxes", "store"
    )
    if shared_seen(place):
        yield Command(links.url("shared", name), "Shared keys", name, "share-2")
    inside = links.url("value-search", name)
    yield Command(inside, "Search inside values", name, "text-search", "find text in")
    if place.rights.may(Verb.REVIEW, name, None):
        review = links.url("audit-review", name)
        yield Command(review, "Sign off the shared keys", name, "badge-check", "audit review")
    for page in pages_of(place, ""):
        detail = f"{name} · {page.count} open" if page.count else name
        yield Command(page.url, page.title, detail, icons.get(page.name, "file"), page.name)


def pages_of_admins() -> Iterator[Command]:
    people, groups, grants = map(links.url, ("people", "groups", "grants"))
    yield Command(people, "People", "add one, give a role", "users-round", "rights invite")
    yield Command(groups, "Groups", "roles for a whole team", "users", "rights")
    yield Command(grants, "Roles and grants", "who may do what", "key-round", "rights")
