"""What has just happened in a store: writes of the last minute by namespace, the last changes."""

from array import array
from collections import deque

from dashboard.catalog.facts import RecentChange, Verb

__all__ = ["LATELY", "Activity"]

KEPT = 200
SECONDS = 60
LATELY = 10
"""Whole seconds over which the rate of now is taken."""


class Minute:
    """Writes counted by second for the last minute."""

    __slots__ = ("counts", "last")

    def __init__(self) -> None:
        self.counts = array("I", [0]) * SECONDS
        self.last = 0

    def move_to(self, second: int) -> None:
        for passed in range(max(self.last + 1, second - SECONDS + 1), second + 1):
            self.counts[passed % SECONDS] = 0
        self.last = max(self.last, second)

    def add(self, at: float, count: int) -> None:
        self.move_to(int(at))
        self.counts[int(at) % SECONDS] += count

    def total(self, now: float) -> int:
        if now - self.last >= SECONDS:  # most namespaces are quiet, and a page asks of each
            return 0
        self.move_to(int(now))
        return sum(self.counts)

    def lately(self, now: float) -> int:
        """Of the whole seconds before the one that is running."""
        if now - self.last >= SECONDS:
            return 0
        self.move_to(int(now))
        return sum(self.counts[(int(now) - ago) % SECONDS] for ago in range(1, LATELY + 1))


class Activity:
    """The changes that were seen, by namespace (None: shared keys)."""

    def __init__(self) -> None:
        self.minutes: dict[str | None, Minute] = {}
        self.last: dict[str | None, float] = {}
        self.recent: deque[RecentChange] = deque(maxlen=KEPT)

    def note(self, namespace: str | None, at: float, verb: Verb, count: int) -> None:
        """So many changes were seen in one second, `at` in seconds since the epoch.

        What is removed, or expires, is a change of the namespace but no write.
        """
        self.last[namespace] = at
        if verb != "written":
            return
        minute = self.minutes.get(namespace)
        if minute is None:
            minute = self.minutes[namespace] = Minute()
        minute.add(at, count)

    def last_minute(self, namespace: str | None, now: float) -> int:
        """How many writes the namespace saw in the last 60 seconds."""
        minute = self.minutes.get(namespace)
        return 0 if minute is None else minute.total(now)

    def lately(self, namespace: str | None, now: float) -> int:
        """How many writes the namespace saw in the last `LATELY` whole seconds."""
        minute = self.minutes.get(namespace)
        return 0 if minute is None else minute.lately(now)

    def changed_at(self, namespace: str | None) -> float | None:
        return self.last.get(namespace)
