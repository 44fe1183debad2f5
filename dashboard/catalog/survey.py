"""What the keys of a namespace are like as a whole: the largest, and how they spread over time."""

import heapq
import time
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from dashboard.catalog.facts import CatalogRow
from dashboard.catalog.index import Index
from dashboard.catalog.order import FREE
from dashboard.catalog.section import NEVER, UNKNOWN, UNSEEN, Section
from dashboard.catalog.slices import Work

__all__ = ["AGES", "EXPIRIES", "SectionSurvey", "Surveyor"]

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
OLDEST: Final = 60.0
"""Seconds after which a survey is made anew although nothing changed: time has passed."""
REST: Final = 20.0
"""How many times its own cost a survey is kept at least, if it costs more than nothing."""
CHEAP: Final = 0.002


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
            self.kept_until[namespace] = started + (REST * took if took > CHEAP else 0.0)
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
    """Go through the rows of a section, which may change at each pause."""
    expiries, ages = [0] * (len(EXPIRIES) + 2), [0] * (len(AGES) + 2)
    largest: list[tuple[int, bytes, int]] = []
    start = 0
    while start < len(section.keys):
        rows = [
            row
            for row in range(start, min(start + STEP, len(section.keys)))
            if section.keys[row] is not FREE
        ]
        count_expiries(section, rows, now, expiries)
        count_ages(section, rows, now, ages)
        sized = ((section.sizes[row], section.keys[row], row) for row in rows)
        largest = heapq.nlargest(LARGEST, [*largest, *(s for s in sized if s[0] != UNKNOWN)])
        start += STEP
        yield
    # A row may have been dropped, or given to another key, since it was looked at.
    still = [row for _, key, row in largest if section.keys[row] is key]
    sample = [row for row in range(min(SAMPLE, len(section.keys))) if section.keys[row] is not FREE]
    return SectionSurvey(
        namespace=section.namespace,
        at=now,
        keys=len(section),
        size=section.size,
        largest=tuple(section.row(row) for row in still),
        expiries=tuple(expiries),
        ages=tuple(ages),
        sample=tuple(section.ref(row).key for row in sample),
    )


def count_expiries(section: Section, rows: list[int], now: float, counts: list[int]) -> None:
    if section.expires is None:
        counts[-1] += len(rows)
        return
    for row in rows:
        expires = section.expires[row]
        counts[-1 if expires == NEVER else bisect_right(EXPIRIES, expires - now)] += 1


def count_ages(section: Section, rows: list[int], now: float, counts: list[int]) -> None:
    if section.changed is None:
        counts[-1] += len(rows)
        return
    for row in rows:
        changed = section.changed[row]
        counts[-1 if changed == UNSEEN else bisect_right(AGES, now - changed)] += 1
