"""What goes on in a store: the namespaces that change most, each with its last minutes."""

from dataclasses import dataclass
from heapq import nlargest
from typing import Final

from dashboard.catalog import NamespaceRow
from dashboard.catalog.activity import LATELY
from dashboard.catalog.chronicle import MOMENT, MOMENTS
from dashboard.pictures import bars
from dashboard.web import links, wording
from dashboard.web.sight import namespaces_seen, shared_seen
from dashboard.web.visits import StoreVisit
from dashboard.web.wording import Moment, moment

__all__ = ["Activity", "activity_of"]

MINUTES: Final = MOMENT * MOMENTS // 60
"""Minutes that are shown."""
WIDE, HIGH = 120, 20


@dataclass(frozen=True, slots=True)
class Spark:
    """One namespace: a small drawing of its changes by moment, and how fast they come now."""

    mark: str
    url: str
    title: str
    module: str
    path: str
    rate: str
    label: str


@dataclass(frozen=True, slots=True)
class Activity:
    """The busiest namespaces, as of a moment: nothing is drawn anew while nothing changes."""

    sparks: list[Spark]
    minutes: int
    at: Moment | None
    width: int = WIDE
    height: int = HIGH


def activity_of(visit: StoreVisit, *, most: int) -> Activity | None:
    """The `most` busiest namespaces that this person sees; None if nothing has changed."""
    rows: list[tuple[str | None, NamespaceRow]] = [
        (row.namespace, row) for row in namespaces_seen(visit)
    ]
    if shared := shared_seen(visit):
        rows.append((None, shared))
    since = visit.now - MINUTES * 60
    lively = [(name, row) for name, row in rows if row.changed_at and row.changed_at > since]
    busiest = nlargest(most, lively, key=lambda one: (one[1].writes_last_minute, one[1].changed_at))
    sparks = [spark_of(visit, name, row.writes_last_minute) for name, row in busiest]
    return Activity(sparks, MINUTES, moment(visit.now, now=visit.now)) if sparks else None


def spark_of(visit: StoreVisit, namespace: str | None, last_minute: int) -> Spark:
    title, module = ("Shared keys", "") if namespace is None else wording.plugin_name(namespace)
    counts = visit.catalog.chronicle.moments(namespace, visit.now)
    every = wording.plural(sum(counts), "change")
    rate = rate_of(visit.catalog.activity.lately(namespace, visit.now), last_minute)
    return Spark(
        mark=links.mark_of(namespace or ""),
        url=links.namespace_url(visit.store.name, namespace),
        title=title,
        module=module,
        path="".join(
            f"M{bar.x} {HIGH}V{bar.y}h{bar.width}V{HIGH}z" for bar in bars(counts, WIDE, HIGH)
        ),
        rate=rate,
        label=f"{title}: {rate}, {every} in {MINUTES} minutes",
    )


def rate_of(lately: int, last_minute: int) -> str:
    """How fast it goes now, in a unit that has a number before it; else what the minute saw."""
    rate = lately / LATELY
    if rate >= 1:
        return f"{rate:.1f} a second" if rate < 9.95 else f"{rate:,.0f} a second"
    return f"{last_minute:,} a minute" if last_minute else "quiet now"
