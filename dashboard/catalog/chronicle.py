"""What has happened to each namespace over time: changes by minute and by hour, and how it grew.

All of it is in memory and begins with the process; what was known before of hours and growth can be
recalled. A namespace costs about 2.3 kB once it changes.
"""

from array import array
from collections.abc import Iterable
from typing import Final, NamedTuple

from dashboard.catalog.facts import Verb

__all__ = [
    "HOUR",
    "HOURS",
    "MINUTE",
    "MINUTES",
    "MOMENT",
    "MOMENTS",
    "Chronicle",
    "Extent",
    "Growth",
    "History",
    "Hour",
]

MINUTES: Final = 60
"""Minutes that are kept one by one."""
MOMENT: Final = 10
"""Seconds of the shortest span that is counted by itself."""
MOMENTS: Final = 30
"""Moments that are kept one by one."""
HOURS: Final = 48
"""Hours that are kept one by one."""
MINUTE: Final = 60
HOUR: Final = 3600


class Ring:
    """Counts by span of time for the last `kept` spans of `span` seconds."""

    __slots__ = ("counts", "last", "span")

    def __init__(self, span: int, kept: int) -> None:
        self.span = span
        self.counts = array("L", [0]) * kept
        self.last = 0

    def move_to(self, number: int) -> None:
        kept = len(self.counts)
        for passed in range(max(self.last + 1, number - kept + 1), number + 1):
            self.counts[passed % kept] = 0
        self.last = max(self.last, number)

    def add(self, at: float, count: int = 1) -> None:
        number = int(at) // self.span
        if number > self.last:
            self.move_to(number)
        if number > self.last - len(self.counts):
            self.counts[number % len(self.counts)] += count

    def of(self, number: int) -> int:
        """The count of one span; none of those that are not kept."""
        kept = len(self.counts)
        return self.counts[number % kept] if self.last - kept < number <= self.last else 0

    def until(self, now: float) -> list[int]:
        """The counts, the oldest first; the last one is that of the span which `now` is in."""
        self.move_to(int(now) // self.span)
        kept = len(self.counts)
        return [self.counts[n % kept] for n in range(self.last - kept + 1, self.last + 1)]


class Extent(NamedTuple):
    """How large a namespace was: number of keys, bytes of their values as far as known."""

    at: float
    keys: int
    size: int


class Growth(NamedTuple):
    """How a namespace changed between the first and the last look, `seconds` apart.

    For `unwatched` of them nobody watched: what was removed then is not known.
    """

    seconds: float
    keys: int
    size: int
    removed: int
    unwatched: float = 0.0


class Hour(NamedTuple):
    """What was seen of a namespace in one hour, counted since the epoch, and its first extent."""

    number: int
    changes: int
    removed: int
    extent: Extent | None


class History:
    """One namespace: its changes, and its extent at the first change of each minute."""

    __slots__ = ("extents", "hours", "minutes", "moments", "removals")

    def __init__(self) -> None:
        self.moments = Ring(MOMENT, MOMENTS)
        self.minutes = Ring(MINUTE, MINUTES)
        self.hours = Ring(HOUR, HOURS)
        self.removals = Ring(HOUR, HOURS)
        # One an hour at most, and those of the last hour.
        self.extents: list[Extent] = []

    def note(self, at: float, verb: Verb, count: int = 1) -> None:
        self.moments.add(at, count)
        self.minutes.add(at, count)
        self.hours.add(at, count)
        if verb == "removed":
            self.removals.add(at, count)

    def is_measured(self, at: float) -> bool:
        """Whether the extent of this minute is known already."""
        return bool(self.extents) and int(self.extents[-1].at) // MINUTE >= int(at) // MINUTE

    def measure(self, at: float, keys: int, size: int) -> None:
        """Remember an extent; of what is older than an hour, the first of each hour is kept."""
        known = [extent for extent in self.extents if extent.at >= at - HOURS * HOUR]
        old = [extent for extent in known if extent.at < at - HOUR]
        first_of_hours = {int(extent.at) // HOUR: extent for extent in reversed(old)}
        recent = known[len(old) :]
        self.extents = [*reversed(first_of_hours.values()), *recent, Extent(at, keys, size)]

    def of_hour(self, number: int) -> Hour:
        """One hour, as it can be recalled by another process."""
        first = next((one for one in self.extents if int(one.at) // HOUR == number), None)
        return Hour(number, self.hours.of(number), self.removals.of(number), first)

    def recall(self, hour: Hour) -> None:
        """Take in what an earlier process saw in an hour."""
        self.hours.add(hour.number * HOUR, hour.changes)
        self.removals.add(hour.number * HOUR, hour.removed)
        if hour.extent is not None:
            self.extents = sorted([*self.extents, hour.extent])

    def growth(self, now: float, keys: int, size: int) -> Growth | None:
        """How it grew from the oldest extent that is remembered up to now."""
        if not self.extents:
            return None
        first = self.extents[0]
        removed = sum(self.removals.until(now))
        return Growth(now - first.at, keys - first.keys, size - first.size, removed)


class Chronicle:
    """The histories of a store's namespaces (None: the shared keys).

    Of what was before it `began`, in seconds since the epoch, nothing is known but what is recalled
    of the hours: `vigils` are the spans in which earlier processes watched, from and until when.
    """

    def __init__(self, began: float = 0.0) -> None:
        self.began = began
        self.vigils: list[tuple[float, float]] = []
        self.histories: dict[str | None, History] = {}

    def note(self, namespace: str | None, at: float, verb: Verb, count: int = 1) -> History:
        """So many changes were seen in one second, `at` in seconds since the epoch."""
        history = self.history(namespace)
        history.note(at, verb, count)
        return history

    def history(self, namespace: str | None) -> History:
        """The history of a namespace, which begins here if there is none."""
        history = self.histories.get(namespace)
        if history is None:
            history = self.histories[namespace] = History()
        return history

    def growth(self, namespace: str | None, now: float, keys: int, size: int) -> Growth | None:
        """How a namespace grew up to now, since the oldest extent that is remembered."""
        history = self.histories.get(namespace)
        growth = None if history is None else history.growth(now, keys, size)
        if growth is None:
            return None
        return growth._replace(unwatched=self.unwatched(now - growth.seconds, now))

    def unwatched(self, since: float, until: float) -> float:
        """The seconds of a span of time in which nobody watched."""
        left, passed = 0.0, since
        for start, end in sorted([*self.vigils, (self.began, until)]):
            left += max(min(start, until) - passed, 0.0)
            passed = max(passed, end)
        return left

    def moments(self, namespace: str | None, now: float) -> list[int]:
        """Changes in a namespace in each of the last `MOMENTS`, oldest first."""
        history = self.histories.get(namespace)
        return [0] * MOMENTS if history is None else history.moments.until(now)

    def minutes(self, namespaces: Iterable[str | None], now: float) -> list[int]:
        """Changes in these namespaces together in each of the last `MINUTES`, oldest first."""
        return self.together([self.histories[ns].minutes for ns in self.known(namespaces)], now)

    def hours(self, namespaces: Iterable[str | None], now: float) -> list[int]:
        """As `minutes`, for the last `HOURS`."""
        return self.together(
            [self.histories[ns].hours for ns in self.known(namespaces)], now, kept=HOURS
        )

    def hours_known(self, now: float) -> list[bool]:
        """Of each of the last `HOURS`, oldest first, whether anybody watched during it."""
        last = int(now) // HOUR
        watched = {
            number
            for start, end in [*self.vigils, (self.began, now)]
            for number in range(max(int(start) // HOUR, last - HOURS), int(end) // HOUR + 1)
        }
        return [number in watched for number in range(last - HOURS + 1, last + 1)]

    def spans_known(self, span: int, kept: int, now: float) -> int:
        """How many of the last `kept` spans of so many seconds are known, the present one too."""
        return min(kept, int(now) // span - int(self.began) // span + 1)

    def known(self, namespaces: Iterable[str | None]) -> list[str | None]:
        return [namespace for namespace in namespaces if namespace in self.histories]

    @staticmethod
    def together(rings: Iterable[Ring], now: float, *, kept: int = MINUTES) -> list[int]:
        return [
            sum(counts) for counts in zip([0] * kept, *(r.until(now) for r in rings), strict=True)
        ]
