"""Keys that a scan gave twice, as a store may while it makes room: only the last stays."""

from collections.abc import Sequence

from dashboard.catalog.order import FREE
from dashboard.catalog.section import Section
from dashboard.catalog.slices import Work

__all__ = ["drop_duplicates"]

STEP = 4096
"""Keys gone through between two pauses."""
MANY = 200_000
"""Keys in one set: to let a set of a million go takes a tenth of a second."""


def drop_duplicates(section: Section) -> Work[None]:
    """Forget all but the last of the rows with the same key."""
    distinct = yield from count_distinct(section.keys)
    if distinct == len(section):
        return
    last: dict[bytes, int] = {}
    for row, key in enumerate(section.keys):
        if key is not FREE:
            if key in last:
                section.drop(last[key])
            last[key] = row
        if row % STEP == 0:
            yield


def count_distinct(keys: Sequence[bytes]) -> Work[int]:
    """How many different keys there are."""
    sets: list[set[bytes]] = [set() for _ in range(len(keys) // MANY + 1)]
    for start in range(0, len(keys), STEP):
        part = keys[start : start + STEP]
        if len(sets) == 1:
            sets[0].update(part)
        else:
            for key in part:
                sets[hash(key) % len(sets)].add(key)
        yield
    count = sum(map(len, sets))
    while sets:
        sets.pop()
        yield
    return count
