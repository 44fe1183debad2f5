"""Which keys expire soon, without a timer for each: a heap of the next minutes."""

import heapq

from dashboard.catalog.section import Section
from dashboard.catalog.slices import Work

__all__ = ["HORIZON", "Deadlines"]

HORIZON = 90.0
"""Seconds ahead that the heap covers after a sweep."""
STEP = 8192


class Deadlines:
    """The keys that expire before `until`, each at most once."""

    def __init__(self) -> None:
        self.until = 0.0
        self.heap: list[tuple[float, str]] = []
        self.waiting: set[str] = set()
        # How many moments have come so far.
        self.passed = 0

    def note(self, stored_key: str, expires_at: float | None) -> None:
        """A key was described: remember it if it expires soon."""
        if expires_at is not None and expires_at < self.until and stored_key not in self.waiting:
            self.waiting.add(stored_key)
            heapq.heappush(self.heap, (expires_at, stored_key))

    def sweep(self, section: Section) -> Work[None]:
        """Remember the keys of a section that expire before `until`."""
        start = 0
        while section.expires is not None and start < len(section.expires):
            until = self.until
            part = section.expires[start : start + STEP]
            for row in [start + n for n, expires in enumerate(part) if expires < until]:
                self.note(section.stored_key(row), section.expiry(row))
            start += STEP
            yield

    @property
    def next(self) -> float | None:
        """The earliest moment that is remembered, in seconds since the epoch."""
        return self.heap[0][0] if self.heap else None

    def due(self, now: float, *, at_most: int = 1000) -> list[str]:
        """Take out the keys whose moment has come. They may have got another expiry meanwhile."""
        keys: list[str] = []
        while self.heap and self.heap[0][0] <= now and len(keys) < at_most:
            _, key = heapq.heappop(self.heap)
            self.waiting.discard(key)
            keys.append(key)
        self.passed += len(keys)
        return keys
