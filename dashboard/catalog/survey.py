"""What the keys of a namespace are like as a whole: the largest, and how they spread over time."""

import heapq
import time
from array import array
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from typing import Final

from dashboard.catalog.facts import CatalogRow
from dashboard.catalog.index import Index
from dashboard.catalog.order import FREE
from dashboard.catalog.section import NEVER, UNKNOWN, Section
from dashboard.catalog.slices import Work

__all__ = ["AGES", "EXPIRIES", "LARGEST", "SectionSurvey", "Surveyor"]

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
EXPIRIES: Final = (-MINUTE, MINUTE, HOUR, DAY, 7 * DAY, 30 * DAY)
"""Bounds in seconds from now: below the first are entries that should be gone for a minute or more;
what never expires comes last.
"""
AGES: Final = (MINUTE, HOUR, DAY, 7 * DAY)
"""Bounds in seconds since the last change that was seen; what was not seen changing comes last."""
LARGEST: Final = 60
"""Rows that are given by name."""
SAMPLE: Final = 40
STEP: Final = 4096
SEEN: Final = 1e-9
"""Above the moment that stands for a key that was not seen changing."""
OLDEST: Final = 60.0
"""Seconds after which a survey is made anew although nothing changed: time has passed."""
REST: Final = 20.0
"""How many times its own cost a survey is kept at least, if it takes more than one step."""


@dataclass(frozen=True, slots=True)
class SectionSurvey:
    """One namespace (None: the shared keys), as it was `at` seconds since the epoch.

    `expiries` counts keys by `EXPIRIES`, with one place more for those that never expire; `ages` by
    `AGES`, with one more for those not seen changing. `sample` are some keys, in no order.
    """

    namespace: str | None
    at: float
    keys: int
    size: int
    largest: tuple[CatalogRow, ...]
    expiries: tuple[int, ...]
    ages: tuple[int, ...]
    sample: tuple[str, ...]

    @property
    def overdue(self) -> int:
        """Entries that have expired and are still stored."""
        return self.expiries[0]

    @property
    def lasting(self) -> int:
        """Entries that never expire."""
        return self.expiries[-1]


class Surveyor:
    """Surveys of an index, kept as long as they are true."""

    def __init__(self) -> None:
        self.surveys: dict[str | None, SectionSurvey] = {}
        # Until when a survey is kept whatever happens, by the clock of performance.
        self.kept_until: dict[str | None, float] = {}

    def survey(
        self, index: Index, changed: dict[str | None, float], now: float
    ) -> Work[dict[str | None, SectionSurvey]]:
        """Every namespace; `changed` says when each was last seen changing."""
        for namespace, section in list(index.sections.items()):
            if self.is_true(namespace, section, changed.get(namespace, 0.0), now):
                continue
            started = time.perf_counter()
            self.surveys[namespace] = yield from survey_of(section, now)
            took = time.perf_counter() - started
            rest = REST * took if len(section.keys) > STEP else 0.0
            self.kept_until[namespace] = started + rest
            yield
        for namespace in self.surveys.keys() - index.sections.keys():
            del self.surveys[namespace]
            del self.kept_until[namespace]
        return dict(self.surveys)

    def is_true(
        self, namespace: str | None, section: Section, changed_at: float, now: float
    ) -> bool:
        known = self.surveys.get(namespace)
        if known is None:
            return False
        is_as_it_was = (known.keys, known.size) == (len(section), section.size)
        if is_as_it_was and changed_at < known.at and now - known.at < OLDEST:
            return True
        return time.perf_counter() < self.kept_until[namespace]


def survey_of(section: Section, now: float) -> Work[SectionSurvey]:
    """Go through the columns of a section, which may change at each pause."""
    expiry_bounds = [now + bound for bound in EXPIRIES] + [NEVER]
    age_bounds = [SEEN, *(now - bound for bound in reversed(AGES))]
    expiries: Counter[int] = Counter()
    ages: Counter[int] = Counter()
    largest: list[tuple[int, int, bytes]] = []
    for start in range(0, len(section.keys), STEP):
        largest = largest_of(section, start, largest)
        if section.expires is not None:
            expiries.update(map(partial(bisect_right, expiry_bounds), part(section.expires, start)))
        if section.changed is not None:
            ages.update(map(partial(bisect_right, age_bounds), part(section.changed, start)))
        yield
    # A row may have been dropped, or given to another key, since it was looked at.
    still = [row for _, row, key in largest if section.keys[row] is key]
    sample = [row for row in range(min(SAMPLE, len(section.keys))) if section.keys[row] is not FREE]
    keys, places = len(section), len(expiry_bounds)
    return SectionSurvey(
        namespace=section.namespace,
        at=now,
        keys=keys,
        size=section.size,
        largest=tuple(section.row(row) for row in still),
        expiries=with_rest([expiries[place] for place in range(places)], keys),
        ages=with_rest([ages[place] for place in range(len(age_bounds), 0, -1)], keys),
        sample=tuple(section.ref(row).key for row in sample),
    )


def part(column: "array[float]", start: int) -> "array[float]":
    return column[start : start + STEP]


def largest_of(
    section: Section, start: int, known: list[tuple[int, int, bytes]]
) -> list[tuple[int, int, bytes]]:
    """The largest rows, with those of one step taken in: size, row and key."""
    sizes = section.sizes[start : start + STEP]
    least = known[-1][0] if len(known) == LARGEST else UNKNOWN
    if max(sizes) <= least:
        return known
    new = [
        (size, row, section.keys[row])
        for row, size in enumerate(sizes, start)
        if size > least and section.keys[row] is not FREE
    ]
    return heapq.nlargest(LARGEST, [*known, *new], key=itemgetter(0))


def with_rest(counts: list[int], keys: int) -> tuple[int, ...]:
    """Counts of what has a moment; whatever has none comes last."""
    return (*counts, max(keys - sum(counts), 0))
