"""What a text finds by name: stores, plugins and keys, in everything this person may see."""

from dataclasses import dataclass

from dashboard import stores
from dashboard.catalog import NamespaceRow
from dashboard.stores import Store
from dashboard.web import links, wording
from dashboard.web.places import may_see
from dashboard.web.sight import namespaces_seen, search_seen
from dashboard.web.visits import StoreVisit, Visit

__all__ = ["Hit", "find", "matching"]

MOST_PLUGINS = 8
MOST_KEYS = 12


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: where it leads, what it is called, and where it is."""

    url: str
    title: str
    detail: str
    icon: str = "box"


@dataclass(frozen=True, slots=True)
class Hits:
    """Plugins and keys that were found; `more` says how many keys are not shown."""

    plugins: list[Hit]
    keys: list[Hit]
    more: str


def matching(rows: list[NamespaceRow], text: str) -> list[NamespaceRow]:
    """The namespaces with `text` in their name, whatever the case."""
    wanted = text.casefold()
    return [row for row in rows if wanted in row.namespace.casefold()]


async def find(visit: Visit, text: str) -> Hits:
    """Look `text` up in every store that this person may see."""
    plugins: list[Hit] = []
    keys: list[Hit] = []
    total = 0
    for store in stores.all_stores():
        if not may_see(visit, store):
            continue
        place = StoreVisit(visit.request, visit.user, visit.rights, visit.now, store=store)
        if text.casefold() in store.name.casefold():
            plugins.append(Hit(links.url("store", store.name), store.name, "store", "database"))
        plugins += [plugin_hit(store, row) for row in matching(namespaces_seen(place), text)]
        found = await search_seen(place, text, limit=MOST_KEYS)
        total += found.total
        keys += [
            Hit(
                links.key_url(store.name, row.stored_key),
                wording.key_name(row.ref.key),
                f"{store.name} · {plugin_title(row.ref.namespace)}",
                icon="key",
            )
            for row in found.rows
        ]
    shown = keys[:MOST_KEYS]
    rest = total - len(shown)
    more = f"{wording.plural(rest, 'more key')}" if rest > 0 else ""
    return Hits(plugins[:MOST_PLUGINS], shown, more)


def plugin_hit(store: Store, row: NamespaceRow) -> Hit:
    title, module = wording.plugin_name(row.namespace)
    return Hit(links.namespace_url(store.name, row.namespace), title, f"{store.name} · {module}")


def plugin_title(namespace: str | None) -> str:
    return "shared" if namespace is None else wording.plugin_name(namespace)[0]
