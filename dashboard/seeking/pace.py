"""How fast values are asked for: as fast as leaves the store alone for half of the time."""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Final

from dashboard.catalog import CatalogRow

__all__ = ["LARGEST", "MOST", "Batches", "Speed"]

MOST: Final = 200
"""Values in one question to the store."""
FIRST: Final = 50
LEAST: Final = 5
BYTES: Final = 1024 * 1024
"""Bytes of values in one question, about; a value that is larger is asked for alone."""
LARGEST: Final = 4 * 1024 * 1024
"""Bytes of a value that is looked into; reading a larger one takes seconds."""
SLOW, QUICK = 0.05, 0.02
"""Seconds of an answer from which fewer values are asked for, and below which more are."""
WINDOW: Final = 10.0
"""Seconds over which the speed is measured."""
UNKNOWN_SIZE: Final = 8 * 1024


class Batches:
    """How many values are asked for at once: fewer where the store takes long to answer."""

    def __init__(self) -> None:
        self.most = FIRST

    def note(self, seconds: float) -> None:
        """An answer took so long."""
        if seconds > SLOW:
            self.most = max(self.most // 2, LEAST)
        elif seconds < QUICK:
            self.most = min(self.most * 2, MOST)

    def of(self, rows: Sequence[CatalogRow]) -> Iterator[list[CatalogRow]]:
        """Some rows in batches. How large they are may change between two of them."""
        batch: list[CatalogRow] = []
        size = 0
        for row in rows:
            octets = UNKNOWN_SIZE if row.size is None else row.size
            if batch and (len(batch) >= self.most or size + octets > BYTES):
                yield batch
                batch, size = [], 0
            batch.append(row)
            size += octets
        if batch:
            yield batch


class Speed:
    """How fast a count has grown in the last seconds."""

    def __init__(self) -> None:
        self.samples: deque[tuple[float, int]] = deque()

    def note(self, at: float, count: int) -> None:
        """The count is `count` at the moment `at`, in seconds."""
        self.samples.append((at, count))
        while len(self.samples) > 2 and self.samples[0][0] < at - WINDOW:
            self.samples.popleft()

    @property
    def rate(self) -> float:
        """How much a second; 0 while it is not known."""
        if len(self.samples) < 2:
            return 0.0
        (first, low), (last, high) = self.samples[0], self.samples[-1]
        return (high - low) / (last - first) if last > first else 0.0
