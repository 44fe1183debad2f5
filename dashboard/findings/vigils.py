"""Spans of time in which a store was watched: what happened in between, nobody has seen.

A process writes down now and again until when it has watched. One that ends in a hurry is therefore
taken to have watched up to a minute less than it did.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from dashboard.findings.models import Vigil
from dashboard.moments import moment_of

__all__ = ["KEPT", "Watchman", "last_before", "vigils_since"]

BEAT: Final = 60.0
"""Seconds between two words on a vigil that goes on."""
KEPT: Final = timedelta(days=60)
MOST_READ: Final = 2000


class Watchman:
    """Writes the vigils of one process over one store."""

    def __init__(self, store_name: str) -> None:
        self.store_name = store_name
        self.vigil: Vigil | None = None

    async def go_on(self, now: float) -> None:
        """The store is being watched. Told more often than it is written down."""
        at = moment_of(now)
        if self.vigil is None:
            self.vigil = await Vigil.objects.acreate(store=self.store_name, since=at, until=at)
            old = Vigil.objects.filter(store=self.store_name, until__lt=at - KEPT)
            await old.adelete()
        elif (at - self.vigil.until).total_seconds() >= BEAT:
            self.vigil.until = at
            await self.vigil.asave(update_fields=["until"])

    def pause(self) -> None:
        """The store is not being watched: what comes later is another vigil."""
        self.vigil = None


async def vigils_since(store_name: str, at: float) -> list[tuple[float, float]]:
    """From and until when somebody watched, as far as that was later than `at`."""
    found = Vigil.objects.filter(store=store_name, until__gt=moment_of(at))
    rows: Sequence[Vigil] = [row async for row in found.order_by("-until")[:MOST_READ]]
    return sorted((row.since.timestamp(), row.until.timestamp()) for row in rows)


async def last_before(store_name: str, at: float) -> float | None:
    """Until when the store was watched by whoever did so last before `at`; None if nobody did."""
    earlier = Vigil.objects.filter(store=store_name, since__lt=moment_of(at))
    last = await earlier.order_by("-until").afirst()
    return None if last is None else min(last.until.timestamp(), at)
