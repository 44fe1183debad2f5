"""Marked keys that changed and whose value was not read yet.

A key that changes again while it waits is one key, and it waits for some time after it was read: so
a key that is written 50,000 times a second costs a few questions a second.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

__all__ = ["MOST_WAITING", "Noted", "Waiting"]

MOST_WAITING: Final = 10_000
LOOKED_THROUGH: Final = 10
"""How many times as many keys as are wanted are looked through for those that need not wait."""


@dataclass(slots=True)
class Noted:
    """When a key was last seen changing, in seconds since the epoch, and how often since then."""

    last: float
    count: int


class Waiting:
    """At most `MOST_WAITING` keys; `lost` is set when one more came."""

    def __init__(self, spacing: float) -> None:
        self.spacing = spacing
        self.keys: dict[str, Noted] = {}
        self.rests: dict[str, float] = {}
        self.lost = False

    def __len__(self) -> int:
        return len(self.keys)

    def note(self, key: str, at: float, count: int = 1) -> None:
        noted = self.keys.get(key)
        if noted is not None:
            noted.last, noted.count = max(noted.last, at), noted.count + count
        elif len(self.keys) < MOST_WAITING:
            self.keys[key] = Noted(at, count)
        else:
            self.lost = True

    def due(self, now: float, most: int) -> list[str]:
        """Keys that need not wait any longer, those first that came first."""
        self.rests = {key: until for key, until in self.rests.items() if until > now}
        found: list[str] = []
        for key in list(islice(self.keys, LOOKED_THROUGH * most)):
            if len(found) == most:
                break
            if key not in self.rests:
                found.append(key)
            else:  # behind the others, until its time comes
                self.keys[key] = self.keys.pop(key)
        return found

    def take(self, key: str, now: float) -> Noted | None:
        """Take a key out, for it is read now; None if it was not waiting."""
        self.rests[key] = now + self.spacing
        return self.keys.pop(key, None)

    def put_back(self, taken: Mapping[str, Noted]) -> None:
        """Keys that were read, and could not be written down."""
        for key, noted in taken.items():
            self.note(key, noted.last, noted.count)

    def clear(self) -> None:
        self.keys.clear()
        self.rests.clear()
        self.lost = False
