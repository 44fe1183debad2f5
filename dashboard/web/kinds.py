"""The kinds of values as far as they were seen in passing, within one person's rights."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dashboard.access import Verb
from dashboard.catalog import CatalogRow
from dashboard.findings import looks_at
from dashboard.web.visits import StoreVisit
from storage_core.keys import KeyRef, key_to_bytes

__all__ = ["Kinds", "keys_of_kind", "kinds_in", "with_kinds"]

AT_ONCE = 5000
"""Keys that are gone through before others get their turn."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """How many values of each kind there are among the `known` ones, the most frequent first."""

    counts: list[tuple[str, int]]
    known: int


def may_know(visit: StoreVisit, namespace: str | None) -> bool:
    """Whether this person may know what the values of a namespace are."""
    return visit.rights.may(Verb.SEE_VALUES, visit.store.name, namespace)


async def kinds_in(visit: StoreVisit, namespaces: Iterable[str | None]) -> Kinds:
    """The kinds of the values in some namespaces (None: the shared keys)."""
    looks = looks_at(visit.store.name)
    counts: Counter[str] = Counter()
    for namespace in namespaces:
        if may_know(visit, namespace):
            counts.update(look.kind for look in looks.of(namespace).values() if look.kind)
            await asyncio.sleep(0)
    return Kinds(counts.most_common(), counts.total())


async def keys_of_kind(
    visit: StoreVisit, kind: str, namespaces: Iterable[str | None]
) -> dict[str | None, set[bytes]]:
    """The keys in each namespace whose values are known to be of a kind."""
    looks = looks_at(visit.store.name)
    found: dict[str | None, set[bytes]] = {}
    for namespace in namespaces:
        if not may_know(visit, namespace):
            continue
        start = 0 if namespace is None else len(KeyRef(namespace, "").stored_key)
        keys: set[bytes] = set()
        for number, (stored_key, look) in enumerate(list(looks.of(namespace).items()), start=1):
            if look.kind == kind:
                keys.add(key_to_bytes(stored_key[start:]))
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
        if keys:
            found[namespace] = keys
    return found


def with_kinds(visit: StoreVisit, rows: Sequence[CatalogRow]) -> list[CatalogRow]:
    """The rows with the kinds of their values, where they are known."""
    looks = looks_at(visit.store.name)
    found = []
    for row in rows:
        look = looks.get(row.stored_key)
        is_known = look is not None and look.kind and may_know(visit, row.ref.namespace)
        found.append(replace(row, kind=look.kind) if look is not None and is_known else row)
    return found
