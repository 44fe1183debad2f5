"""All findings of a store, worked out from what is known and kept as long as that is true."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Final
from weakref import WeakKeyDictionary

from dashboard import catalog, marks
from dashboard.findings.contents import drifts, hidden_calls, unreadable, unusual_imports
from dashboard.findings.dismissals import dismissals_of, is_aside
from dashboard.findings.facts import Facts, facts_of
from dashboard.findings.finding import Finding
from dashboard.findings.keeping import (
    fast_growing,
    growing_values,
    large_values,
    only_growing,
    overdue,
)
from dashboard.findings.leftovers import leftovers_in
from dashboard.findings.looks import looks_at
from dashboard.findings.models import Dismissal
from dashboard.findings.naming import collisions, orphans
from dashboard.findings.plugins import plugins_of
from dashboard.findings.writing import several_writers

__all__ = ["RULES", "Report", "Reporter", "findings_in", "reporter_of"]

log = logging.getLogger(__name__)

Rule = Callable[[Facts], Iterator[Finding]]

RULES: Final[tuple[Rule, ...]] = (
    hidden_calls,
    unusual_imports,
    unreadable,
    collisions,
    orphans,
    drifts,
    several_writers,
    only_growing,
    overdue,
    large_values,
    growing_values,
    fast_growing,
)
"""In the order in which findings of the same severity are shown."""
MOST: Final = 50
"""Findings of one rule."""
PAUSE: Final = 5.0
"""Seconds between two reports while a store changes."""
REST: Final = 30.0
"""How many times its own cost a report is kept at least."""


@dataclass(frozen=True)
class Report:
    """The findings of a store `at` seconds since the epoch, those that matter most first.

    `looked` of `keys` values were looked at, which is what the findings about values rest on;
    `too_large` were not, for they cannot be read within the limits.
    `knows_plugins` says whether anybody told us which plugins the bot has. `words` is what people
    said last about a finding, by its name.
    """

    at: float
    findings: tuple[Finding, ...]
    looked: int = 0
    keys: int = 0
    too_large: int = 0
    knows_plugins: bool = False
    words: Mapping[str, Dismissal] = field(default_factory=dict)

    @cached_property
    def open(self) -> list[Finding]:
        """The findings that nobody has put aside. Every page counts them."""
        return [one for one in self.findings if not is_aside(one, self.words)]


def findings_in(facts: Facts) -> tuple[Finding, ...]:
    """What all rules find, sorted by severity."""
    found = [finding for rule in RULES for finding in islice(rule(facts), MOST)]
    return tuple(sorted(found, key=lambda finding: -finding.severity))


class Reporter:
    """Keeps the report of one store."""

    def __init__(self, store_name: str) -> None:
        self.store_name = store_name
        self.latest = Report(0.0, ())
        self.making = asyncio.Lock()
        self.cost = 0.0

    async def refresh(self) -> Report:
        """A new report, from what is known now. Pages that show the findings are marked."""
        async with self.making:
            started = time.perf_counter()
            known = catalog.of(self.store_name)
            looks = looks_at(self.store_name)
            plugins = plugins_of(self.store_name)
            leftovers = leftovers_in(self.store_name).found
            facts = await facts_of(known, looks, plugins, leftovers)
            findings = findings_in(facts)
            too_large = sum(look.is_unread for look in looks.by_key.values())
            report = Report(
                at=facts.now,
                findings=findings,
                looked=len(looks.by_key) - too_large,
                keys=known.totals().keys,
                too_large=too_large,
                knows_plugins=plugins is not None,
                words=await dismissals_of(self.store_name, findings),
            )
            is_news = report.open != self.latest.open
            self.latest = report
            self.cost = time.perf_counter() - started
        if is_news:
            marks.hub().mark(marks.findings_topic(self.store_name))
        return report

    async def current(self) -> Report:
        """The report; the first one is made when it is asked for."""
        return self.latest if self.latest.at else await self.refresh()

    async def run(self) -> None:
        """Make report after report until cancelled."""
        while True:
            if catalog.of(self.store_name).progress.state in ("describing", "ready"):
                try:
                    await self.refresh()
                except Exception:
                    # A rule that fails on what a bot wrote must not end the others' work.
                    log.exception("The findings of %s could not be worked out.", self.store_name)
            await asyncio.sleep(max(PAUSE, REST * self.cost))


reporters: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Reporter]] = WeakKeyDictionary()


def reporter_of(store_name: str) -> Reporter:
    """The reporter of a store in the running event loop."""
    loop = asyncio.get_running_loop()
    return reporters.setdefault(loop, {}).setdefault(store_name, Reporter(store_name))


def forget_all() -> None:
    """Throw away the reports of the running event loop."""
    reporters.pop(asyncio.get_running_loop(), None)
