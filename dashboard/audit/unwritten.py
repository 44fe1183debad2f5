"""What this process saw of keys and is not written down yet.

It is written in batches, while what the catalog knows is always of this moment. Whoever shows both
together asks here for what the database does not say yet.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final
from weakref import WeakKeyDictionary

from dashboard.audit.models import Sighting
from dashboard.audit.trail import KEPT, LATE, Span
from dashboard.catalog import RecentChange
from dashboard.keyed import digest_of_key
from dashboard.moments import moment_of
from storage_core.keys import key_to_bytes, namespace_of

__all__ = ["Seen", "Unwritten", "forget_all", "sighting_of", "unwritten_of"]

TOGETHER: Final = 1000
"""Keys of one batch; what is left waits for the next."""
MOST_WAITING: Final = 50_000
"""Keys that wait; beyond, changes of further ones are not written down."""
MOST_COUNTED: Final = 50_000
MOST_SPANS: Final = KEPT
"""Spans of one key that wait."""


@dataclass(slots=True)
class Seen:
    """What was seen of one key since the last batch; times are seconds since the epoch.

    `total` is how many changes are counted in all, once that is written down.
    """

    first: float
    last: float
    count: int
    is_gone: bool
    spans: list[Span] = field(default_factory=list)
    total: int = 0

    @classmethod
    def at(cls, moment: float, *, is_gone: bool) -> "Seen":
        """A first change."""
        return cls(moment, moment, 1, is_gone, [Span(moment, moment, 1, is_gone)])

    def note(self, moment: float, *, is_gone: bool) -> None:
        """One more change."""
        self.last, self.is_gone = moment, is_gone
        self.count += 1
        span = self.spans[-1]
        if span.is_gone == is_gone:
            span.late = (*span.late, span.last)[-LATE:]
            span.last, span.count = moment, span.count + 1
        else:
            self.spans.append(Span(moment, moment, 1, is_gone))
            del self.spans[:-MOST_SPANS]

    def followed_by(self, later: "Seen | None") -> "Seen":
        """This and what was seen after it, as one."""
        if later is None:
            return self
        spans = [*self.spans, *later.spans][-MOST_SPANS:]
        return Seen(self.first, later.last, self.count + later.count, later.is_gone, spans)


class Unwritten:
    """Of one store: the keys whose changes are `waiting`, and those of the batch that is `leaving`,
    which is being written just now. `batches` is how many were written.
    """

    def __init__(self, store_name: str) -> None:
        self.store_name = store_name
        self.waiting: dict[str, Seen] = {}
        self.leaving: dict[str, Seen] = {}
        # Changes of each key as this process knows them, those that were written down included.
        self.counts: dict[str, int] = {}
        self.batches = 0

    def hear(self, changes: Sequence[RecentChange]) -> None:
        """Remember what changed (what the catalog calls)."""
        for key, at, verb in changes:
            seen = self.waiting.get(key)
            if seen is not None:
                seen.note(at, is_gone=verb == "removed")
            elif len(self.waiting) < MOST_WAITING:
                self.waiting[key] = Seen.at(at, is_gone=verb == "removed")

    # --- for whoever writes it down

    def leave(self) -> Mapping[str, Seen]:
        """The next batch, which may be empty."""
        self.leaving = dict(islice(self.waiting.items(), TOGETHER))
        for key in self.leaving:
            del self.waiting[key]
        return self.leaving

    def stay(self) -> None:
        """The batch could not be written: it waits again, with what came since."""
        for key, seen in self.leaving.items():
            self.leaving[key] = seen.followed_by(self.waiting.pop(key, None))
        self.waiting, self.leaving = {**self.leaving, **self.waiting}, {}

    def left(self) -> None:
        """The batch was written, with the `total` of each of its keys."""
        for key, seen in self.leaving.items():
            self.count(key, seen.total)
        for key in list(islice(self.counts, max(len(self.counts) - MOST_COUNTED, 0))):
            del self.counts[key]
        self.leaving = {}
        self.batches += 1

    def count(self, key: str, total: int) -> None:
        """So many changes of a key are written down."""
        self.counts.pop(key, None)
        self.counts[key] = total

    def total(self, key: str, seen: Seen, written: int) -> int:
        """How many changes of a key there are with those that were `seen`. Another process may have
        written down more.
        """
        return max(written, self.counts.get(key, written) + seen.count)

    # --- for whoever shows it

    def up_to_now(self, key: str, written: Sighting | None) -> Sighting | None:
        """The sighting of a key, with what is not `written` yet."""
        leaving, waiting = self.leaving.get(key), self.waiting.get(key)
        seen = waiting if leaving is None else leaving.followed_by(waiting)
        if seen is None:
            return written
        now = sighting_of(self.store_name, key, seen)
        now.changes = self.total(key, seen, 0 if written is None else written.changes)
        if written is None:
            return now
        written.last_changed, written.removed_at = now.last_changed, now.removed_at
        written.changes = now.changes
        return written


def sighting_of(store_name: str, key: str, seen: Seen) -> Sighting:
    """The sighting of a key of which nothing else is known."""
    return Sighting(
        store=store_name,
        key_digest=digest_of_key(key),
        key=key_to_bytes(key),
        is_shared=namespace_of(key) is None,
        first_seen=moment_of(seen.first),
        last_changed=moment_of(seen.last),
        removed_at=moment_of(seen.last) if seen.is_gone else None,
    )


kept: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Unwritten]] = WeakKeyDictionary()


def unwritten_of(store_name: str) -> Unwritten:
    """What is not written down of a store, in the running event loop."""
    here = kept.setdefault(asyncio.get_running_loop(), {})
    return here.setdefault(store_name, Unwritten(store_name))


def forget_all() -> None:
    """Throw away what the running event loop has not written down."""
    kept.pop(asyncio.get_running_loop(), None)
