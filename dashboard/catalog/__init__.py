"""A process's index of the keys in every store: derived from the store, thrown away at will."""

import asyncio
from weakref import WeakKeyDictionary

from dashboard.catalog.catalog import Catalog, Listener
from dashboard.catalog.facts import (
    CatalogRow,
    Found,
    NamespaceRow,
    Page,
    Progress,
    RecentChange,
    Sort,
    Totals,
)

__all__ = [
    "Catalog",
    "CatalogRow",
    "Found",
    "Listener",
    "NamespaceRow",
    "Page",
    "Progress",
    "RecentChange",
    "Sort",
    "Totals",
    "forget_all",
    "of",
]

catalogs: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Catalog]] = WeakKeyDictionary()


def of(store_name: str) -> Catalog:
    """The catalog of a store in the running event loop: an empty one before the first scan."""
    here = catalogs.setdefault(asyncio.get_running_loop(), {})
    found = here.get(store_name)
    if found is None:  # else none is made: a page asks a hundred times
        found = here[store_name] = Catalog()
    return found


def forget_all() -> None:
    """Throw away the catalogs of the running event loop."""
    catalogs.pop(asyncio.get_running_loop(), None)
