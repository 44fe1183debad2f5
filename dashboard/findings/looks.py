"""What was seen of values in passing: their kind, whether they can be read, what they import.

A look keeps no content. Looks are in memory and begin with the process, though kinds, drifts and
first sizes last (see `drifts`); how many values of a namespace are looked at is bounded, save for
those that change.
"""

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from weakref import WeakKeyDictionary

from storage_core.keys import namespace_of

__all__ = ["Drift", "Look", "Looks", "looks_at"]

MOST: Final = 100_000
"""Looks that are kept of a store; beyond, those that are oldest go."""


@dataclass(frozen=True, slots=True)
class Drift:
    """The kind of a value changed: from what, and when that was noticed (seconds since epoch)."""

    before: str
    at: float


@dataclass(frozen=True, slots=True)
class Look:
    """One value as it was at a moment (seconds since the epoch).

    `kind` is None where it could not be read, and `why` then says why not; where it was not read
    since it is too large for that, `why` is empty. `first_size` is the size in bytes at the first
    look. `hidden` are sentences about what reading it does unseen. `digest` stands for the bytes;
    empty if they were not fetched.
    """

    at: float
    size: int
    first_size: int
    kind: str | None
    why: str = ""
    imports: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    digest: bytes = b""
    drift: Drift | None = None

    @property
    def is_unread(self) -> bool:
        """Whether nothing is known of it since it is too large to be read."""
        return self.kind is None and not self.why


class Looks:
    """The last look at each value of a store that was looked at.

    `recalled` are drifts that were seen before this process began, of values that it has not looked
    at yet. `kinds` are the last kinds that values were seen to be, whatever became of them since or
    while no process ran, and `first_sizes` their bytes at the first look of all. `news` are drifts
    and `new_kinds` kinds to be written down, by stored key; None where a value is gone.
    """

    def __init__(self) -> None:
        self.by_key: dict[str, Look] = {}
        self.by_namespace: dict[str | None, dict[str, Look]] = {}
        self.recalled: dict[str, Drift] = {}
        self.kinds: dict[str, str] = {}
        self.first_sizes: dict[str, int] = {}
        self.news: dict[str, Drift | None] = {}
        self.new_kinds: dict[str, str | None] = {}

    def get(self, stored_key: str) -> Look | None:
        return self.by_key.get(stored_key)

    def of(self, namespace: str | None) -> Mapping[str, Look]:
        """The looks at the values of a namespace (None: the shared keys), by stored key."""
        return self.by_namespace.get(namespace, {})

    def put(self, stored_key: str, look: Look) -> None:
        """Keep a look; what is known from the one before is carried over."""
        self.take_out(stored_key)
        self.by_key[stored_key] = look
        self.by_namespace.setdefault(namespace_of(stored_key), {})[stored_key] = look
        if len(self.by_key) > MOST:
            self.take_out(next(iter(self.by_key)))

    def discard(self, stored_key: str) -> None:
        """Forget a value that is gone, and what it was before."""
        recalled = self.recalled.pop(stored_key, None)
        self.first_sizes.pop(stored_key, None)
        if self.kinds.pop(stored_key, None) is not None:
            self.new_kinds[stored_key] = None
        look = self.take_out(stored_key)
        if recalled is not None or (look is not None and look.drift is not None):
            self.news[stored_key] = None

    def take_out(self, stored_key: str) -> Look | None:
        """Drop a look; gives it."""
        look = self.by_key.pop(stored_key, None)
        if look is not None:
            namespace = namespace_of(stored_key)
            there = self.by_namespace[namespace]
            del there[stored_key]
            if not there:
                del self.by_namespace[namespace]
        return look

    def recall(self, drifts: Mapping[str, Drift]) -> None:
        """Take in drifts that were seen earlier; what was seen since is not overruled."""
        for stored_key, drift in drifts.items():
            look = self.by_key.get(stored_key)
            if look is None:
                self.recalled[stored_key] = drift
            elif look.drift is None:
                self.put(stored_key, replace(look, drift=drift))

    def recall_kinds(self, kinds: Mapping[str, str], first_sizes: Mapping[str, int]) -> None:
        """Take in what values were before this process began; some were looked at since."""
        self.first_sizes.update(first_sizes)
        for stored_key, size in first_sizes.items():
            if (look := self.by_key.get(stored_key)) is not None:
                self.put(stored_key, replace(look, first_size=size))
        for stored_key, kind in kinds.items():
            seen = self.kinds.setdefault(stored_key, sys.intern(kind))
            look = self.by_key.get(stored_key)
            if look is not None and look.drift is None and has_drifted(kind, seen):
                drift = self.news[stored_key] = Drift(kind, round(look.at, 3))
                self.put(stored_key, replace(look, drift=drift))

    def agree(self, stored_key: str, drift: Drift, at: float) -> None:
        """Take the moment of a drift from the process that noticed it first."""
        look = self.by_key.get(stored_key)
        if look is not None and look.drift == drift:
            self.put(stored_key, replace(look, drift=replace(drift, at=at)))

    def keep(self, stored_key: str, seen: Look) -> Look:
        """Keep what was seen, with what an earlier look adds to it; gives what is kept."""
        before = self.by_key.get(stored_key)
        drift = self.recalled.pop(stored_key, None) if before is None else before.drift
        last = self.kinds.get(stored_key)
        if has_drifted(last, seen.kind):
            drift = self.news[stored_key] = Drift(str(last), round(seen.at, 3))
        first_size = self.first_sizes.get(stored_key)
        if first_size is None:
            first_size = seen.size if before is None else before.first_size
        if seen.kind is not None and (seen.kind != last or stored_key not in self.first_sizes):
            self.first_sizes[stored_key] = first_size
            self.learn(stored_key, sys.intern(seen.kind))
        kept = Look(
            at=seen.at,
            size=seen.size,
            first_size=first_size,
            # The same few names stand in many looks: keep one of each.
            kind=None if seen.kind is None else sys.intern(seen.kind),
            why=seen.why,
            imports=tuple(map(sys.intern, seen.imports)),
            hidden=seen.hidden,
            digest=seen.digest,
            drift=drift,
        )
        self.put(stored_key, kept)
        return kept

    def learn(self, stored_key: str, kind: str) -> None:
        """Remember what a value is now, longer than the look at it."""
        self.kinds.pop(stored_key, None)
        self.kinds[stored_key] = self.new_kinds[stored_key] = kind
        if len(self.kinds) > MOST:
            oldest = next(iter(self.kinds))
            del self.kinds[oldest]
            self.first_sizes.pop(oldest, None)


NUMBERS: Final = frozenset({"int", "float"})
"""Kinds that a count may pass between without surprise."""


def has_drifted(before: str | None, after: str | None) -> bool:
    """Whether a value has become one of another kind. A value that comes or goes has not."""
    if before is None or after is None or "None" in (before, after):
        return False
    return before != after and not {before, after} <= NUMBERS


kept: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Looks]] = WeakKeyDictionary()


def looks_at(store_name: str) -> Looks:
    """The looks at the values of a store, in the running event loop."""
    loop = asyncio.get_running_loop()
    return kept.setdefault(loop, {}).setdefault(store_name, Looks())


def forget_all() -> None:
    """Throw away the looks of the running event loop."""
    kept.pop(asyncio.get_running_loop(), None)
