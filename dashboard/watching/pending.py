"""Keys that the feed named and the store has not been asked about yet."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from storage_core.changes import Change
from storage_core.keys import namespace_of

__all__ = ["Pending"]

MOST = 200_000


class Pending:
    """The last moment of change by key. A key that changes again while it waits is one key.

    Each namespace waits in a line of its own, so that one which is flooded holds up no other.
    """

    def __init__(self) -> None:
        self.lines: dict[str | None, dict[str, float]] = {}
        self.filled = asyncio.Event()
        self.named = 0
        """How many names have come since the beginning."""

    def __len__(self) -> int:
        return sum(map(len, self.lines.values()))

    def __contains__(self, stored_key: str) -> bool:
        return stored_key in self.lines.get(namespace_of(stored_key), ())

    @property
    def is_too_many(self) -> bool:
        """Whether scanning again is cheaper than asking for each."""
        return len(self) > MOST

    def add(self, changes: Iterable[Change]) -> None:
        self.add_moments({change.key: change.at for change in changes})

    def add_moments(self, moments: Mapping[str, float]) -> None:
        """Add keys with the moments when they changed, in seconds since the epoch."""
        lines = self.lines
        for key, at in moments.items():
            namespace = namespace_of(key)
            try:
                lines[namespace][key] = at
            except KeyError:
                lines[namespace] = {key: at}
        self.named += len(moments)
        if lines:
            self.filled.set()

    def take(self, at_most: int) -> dict[str, float]:
        """Take out keys with the moments when they changed: of each line the same share, if it has
        so many, and those first that have waited longest.
        """
        share = max(1, at_most // max(len(self.lines), 1))
        taken: dict[str, float] = {}
        for namespace in list(islice(self.lines, at_most)):
            taken.update(self.taken_from(namespace, share))
        for namespace in list(islice(self.lines, at_most)):
            taken.update(self.taken_from(namespace, at_most - len(taken)))
        if not self.lines:
            self.filled.clear()
        return taken

    def taken_from(self, namespace: str | None, at_most: int) -> Iterator[tuple[str, float]]:
        """Take some keys out of a line, which has its next turn after all the others."""
        line = self.lines.pop(namespace)
        if len(line) > at_most:
            self.lines[namespace] = line
        for key in list(islice(line, at_most)):
            yield key, line.pop(key)

    def clear(self) -> None:
        self.lines.clear()
        self.filled.clear()
