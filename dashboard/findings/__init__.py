"""What in a store is worth a person's look, worked out from the catalog and from looks in passing.

Nothing here asks the store for lists, and values are read slowly and only in part.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dashboard import catalog, stores
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
    tasks = []
    for store in stores.all_stores():
        inspector = Inspector(store, catalog.of(store.name), looks_at(store.name))
        tasks.append(asyncio.create_task(inspector.run(), name=f"inspector of {store.name}"))
        drifts = Drifts(store.name, looks_at(store.name))
        tasks.append(asyncio.create_task(drifts.run(), name=f"drifts of {store.name}"))
        hours = Hours(store.name, catalog.of(store.name))
        tasks.append(asyncio.create_task(hours.run(store), name=f"hours of {store.name}"))
        left = leftovers_in(store.name).run(store, catalog.of(store.name))
        tasks.append(asyncio.create_task(left, name=f"leftovers of {store.name}"))
        reporter = reporter_of(store.name)
        tasks.append(asyncio.create_task(reporter.run(), name=f"findings of {store.name}"))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        leftovers.forget_all()
        looks.forget_all()
        report.forget_all()
