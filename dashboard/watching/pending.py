"""Keys that the feed named and the store has not been asked about yet."""

import asyncio
from collections.abc import Iterable, Mapping
from itertools import islice

from storage_core.changes import Change

__all__ = ["Pending"]

MOST = 200_000


class Pending:
    """The last moment of change by key. A key that changes again while it waits is one key."""

    def __init__(self) -> None:
        self.keys: dict[str, float] = {}
        self.filled = asyncio.Event()

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def is_too_many(self) -> bool:
        """Whether scanning again is cheaper than asking for each."""
        return len(self.keys) > MOST

    def add(self, changes: Iterable[Change]) -> None:
        self.add_moments({change.key: change.at for change in changes})

    def add_moments(self, moments: Mapping[str, float]) -> None:
        """Add keys with the moments when they changed, in seconds since the epoch."""
        self.keys.update(moments)
        if self.keys:
            self.filled.set()

    def take(self, at_most: int) -> dict[str, float]:
        """Take out the keys that have waited longest, with the moments when they changed."""
        taken = dict(islice(self.keys.items(), at_most))
        for key in taken:
            del self.keys[key]
        if not self.keys:
            self.filled.clear()
        return taken

    def clear(self) -> None:
        self.keys.clear()
        self.filled.clear()
