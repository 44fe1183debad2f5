"""What in a store is worth a person's look, worked out from the catalog and from looks in passing.

Nothing here asks the store for lists, and values are read slowly and only in part.
"""

from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from dashboard import catalog, stores
from dashboard.chores import going_on
from dashboard.findings import leftovers, looks, report
from dashboard.findings.drifts import Drifts
from dashboard.findings.finding import Evidence, Finding, Severity, Step
from dashboard.findings.hours import Hours
from dashboard.findings.imports import is_powerful, listed
from dashboard.findings.inspector import Inspector
from dashboard.findings.leftovers import Leftovers, leftovers_in
from dashboard.findings.looks import Look, Looks, looks_at
from dashboard.findings.report import Report, Reporter, reporter_of

__all__ = [
    "Evidence",
    "Finding",
    "Leftovers",
    "Look",
    "Looks",
    "Report",
    "Reporter",
    "Severity",
    "Step",
    "is_powerful",
    "leftovers_in",
    "listed",
    "looks_at",
    "reporter_of",
    "run",
]


@asynccontextmanager
async def run() -> AsyncIterator[None]:
    """Look at the values of all stores, and keep their findings, as long as this is open."""
    work: dict[str, Coroutine[Any, Any, None]] = {}
    for store in stores.all_stores():
        inspector = Inspector(store, catalog.of(store.name), looks_at(store.name))
        work[f"inspector of {store.name}"] = inspector.run()
        drifts = Drifts(store.name, looks_at(store.name))
        work[f"drifts of {store.name}"] = drifts.run()
        hours = Hours(store.name, catalog.of(store.name))
        work[f"hours of {store.name}"] = hours.run(store)
        left = leftovers_in(store.name)
        work[f"leftovers of {store.name}"] = left.run(store, catalog.of(store.name))
        work[f"findings of {store.name}"] = reporter_of(store.name).run()
    try:
        async with going_on(work):
            yield
    finally:
        leftovers.forget_all()
        looks.forget_all()
        report.forget_all()
