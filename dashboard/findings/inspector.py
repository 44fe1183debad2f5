"""Looking at values in passing: slowly, a few at a time, only what changed or was never looked at.

The store is used for a twentieth of the time at most. A large value is read alone, by a worker, and
not often; what is larger than values are read at all is counted as not looked at.
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final

from dashboard import marks, reading
from dashboard.catalog import Catalog, RecentChange
from dashboard.catalog.order import FREE
from dashboard.catalog.section import Section
from dashboard.findings.looks import Look, Looks
from dashboard.masking import masking_for
from dashboard.stores import Store
from storage_core.abc import BrowsableStorage
from storage_core.entries import StoredValue
from storage_core.exceptions import StorageError
from storage_core.keys import namespace_of
from storage_core.values import Masking
from storage_core.values.reader import MAX_BYTES, MAX_OPCODES

__all__ = ["Inspector"]

log = logging.getLogger(__name__)

TOGETHER: Final = 40
"""Values in one question."""
BYTES_TOGETHER: Final = 512 * 1024
LARGEST: Final = 512 * 1024
"""Bytes of a value that is read with others; a larger one is read alone."""
LARGEST_READ: Final = MAX_BYTES
"""Bytes of a value that is read at all."""
LARGE_REST: Final = 10.0
"""Seconds between two large values."""
LARGE_AGAIN: Final = 300.0
"""Seconds before a large value is looked at again that changes."""
LEAST_REST: Final = 0.2
"""Seconds between two questions."""
REST: Final = 20.0
"""How many times as long as a question took the store is left alone."""
SOON: Final = 5.0
"""Seconds before a value is looked at again that keeps changing."""
PER_NAMESPACE: Final = 500
"""Values of a namespace that are looked at although nobody saw them change."""
MOST_CHANGED: Final = 20_000
IDLE: Final = 2.0
ROUND: Final = 60.0
"""Seconds between two rounds for values that were never looked at."""
CANNOT: Final = frozenset({"unreadable", "not-a-pickle"})
OUR_LIMIT: Final = f": it has more than {MAX_OPCODES:,} instructions"
"""So a value says that it could be read, by whoever takes the time."""
HIDDEN: Final = frozenset({"hidden-call", "computed-import"})


class Inspector:
    """Looks at the values of one store until it is cancelled."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        looks: Looks,
        *,
        rest: float = LEAST_REST,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.store = store
        self.catalog = catalog
        self.looks = looks
        self.rest = rest
        self.clock = clock
        self.changed: dict[str, None] = {}
        self.large: dict[str, None] = {}
        self.next_large = 0.0
        self.never: Iterator[str] = iter(())
        self.next_round = 0.0
        catalog.listen(self.hear)

    def hear(self, changes: Sequence[RecentChange]) -> None:
        """Remember what changed (what the catalog calls)."""
        for change in changes:
            if change.verb == "removed":
                self.changed.pop(change.stored_key, None)
                self.large.pop(change.stored_key, None)
                self.looks.discard(change.stored_key)
            elif len(self.changed) < MOST_CHANGED:
                self.changed[change.stored_key] = None

    async def run(self) -> None:
        """Look for ever. A store that is down is left alone until it is back."""
        while True:
            took = 0.0
            storage = self.store.browsable
            if storage is not None and self.is_time:
                keys = self.next_keys()
                try:
                    took = await self.look_at(storage, keys) if keys else 0.0
                except StorageError as error:
                    log.info("Values of %s could not be looked at: %s", self.store.name, error)
                except Exception:
                    # A backend that others wrote may raise anything.
                    log.exception("Values of %s could not be looked at.", self.store.name)
            is_idle = took == 0.0
            await asyncio.sleep(min(IDLE, 10 * self.rest) if is_idle else self.pause(took))

    @property
    def is_time(self) -> bool:
        """Whether the store answers, and its keys are known."""
        is_up = self.store.status.state == "up"
        return is_up and self.catalog.progress.state in ("describing", "ready")

    def pause(self, took: float) -> float:
        return max(self.rest, REST * took)

    # --- which

    def next_keys(self) -> list[str]:
        """The keys to look at now: those that changed, then those never looked at. Now and again
        it is a single large one.
        """
        now, size = self.clock(), 0
        if large := self.due_large(now):
            return large
        keys: list[str] = []
        due = dict.fromkeys([*self.due_changes(now), *islice(self.unlooked(now), TOGETHER)])
        for key in islice(due, TOGETHER):
            row = self.catalog.row(key)
            self.changed.pop(key, None)
            if row is None or row.size is None:
                continue
            if row.size > LARGEST:
                self.put_off(key, row.size, now)
                continue
            keys.append(key)
            size += row.size
            if size > BYTES_TOGETHER:
                break
        return keys

    def put_off(self, key: str, size: int, now: float) -> None:
        """A large value waits for its turn; a look says of one that is too large that it was not
        read.
        """
        if size > LARGEST_READ:
            self.looks.keep(key, Look(now, size, size, None))
        elif len(self.large) < MOST_CHANGED:
            self.large[key] = None

    def due_large(self, now: float) -> list[str]:
        """The next large value, if it is time for one."""
        if not 0 < self.next_large - now <= LARGE_REST:
            for key in self.large:
                look = self.looks.get(key)
                if look is None or not 0 <= now - look.at < LARGE_AGAIN:
                    del self.large[key]
                    self.next_large = now + LARGE_REST
                    return [key]
        return []

    def due_changes(self, now: float) -> list[str]:
        """Keys that changed, without those that were looked at a moment ago."""
        due: list[str] = []
        for key in list(islice(self.changed, 10 * TOGETHER)):
            look = self.looks.get(key)
            if look is None or now - look.at >= SOON or now < look.at:
                due.append(key)
            else:  # behind the others, until its time comes
                del self.changed[key]
                self.changed[key] = None
        return due[:TOGETHER]

    def unlooked(self, now: float) -> Iterator[str]:
        """The next keys of this round, and nothing until it is time for another."""
        found = next(self.never, None)
        if found is None and now >= self.next_round:
            self.next_round = now + ROUND
            self.never = self.walk()
            found = next(self.never, None)
        while found is not None:
            yield found
            found = next(self.never, None)

    def walk(self) -> Iterator[str]:
        """Keys that were never looked at: those whose kind changed before this process began, then
        the shared ones, those whose kind was known, and of each plugin a part.
        """
        yield from list(self.looks.recalled)
        shared = self.catalog.index.sections.get(None)
        if shared is not None:
            yield from self.walk_section(shared)
        yield from [key for key in self.looks.kinds if self.looks.get(key) is None]
        names = sorted(self.catalog.index.sections, key=lambda name: (name is not None, name or ""))
        for name in names:
            section = self.catalog.index.sections.get(name)
            if section is not None:
                yield from self.walk_section(section)

    def walk_section(self, section: Section) -> Iterator[str]:
        wanted = PER_NAMESPACE - len(self.looks.of(section.namespace))
        row = 0
        while wanted > 0 and row < len(section.keys):
            if section.keys[row] is not FREE:
                key = section.stored_key(row)
                if self.looks.get(key) is None:
                    wanted -= 1
                    yield key
            row += 1

    # --- looking

    async def look_at(self, storage: BrowsableStorage, keys: Sequence[str]) -> float:
        """Look at some values; gives the seconds that the store took. Raises StoreUnavailable."""
        # A change that comes while the values are on their way makes the look an old one.
        now, asked = self.clock(), time.perf_counter()
        found = await storage.fetch(keys)
        took = time.perf_counter() - asked
        for key, stored in zip(keys, found, strict=True):
            if stored is None:
                self.looks.discard(key)
            else:
                mask = masking_for(self.store.name, key)
                self.looks.keep(key, await look_at(stored, mask, now))
            await asyncio.sleep(0)
        if any(namespace_of(key) is None for key in keys):
            # Their page says whether a value is as it was signed off: that is known only now.
            marks.hub().mark(marks.namespace_topic(self.store.name, None))
        return took


async def look_at(stored: StoredValue, mask: Masking, now: float) -> Look:
    """What there is to see of a value. What is masked stays so for everybody."""
    size = len(stored.data)
    digest = hashlib.blake2b(stored.data, digest_size=8).digest()
    if stored.note:
        return Look(now, size, size, None, stored.note)
    try:
        facts, _ = await reading.ask_aside("facts", stored.data, mask=mask)
    except StorageError:
        # It took too long or too much memory: that is ours, and says nothing of the value.
        return Look(now, size, size, None, digest=digest)
    said = {finding["code"]: finding["text"] for finding in facts["findings"]}
    if OUR_LIMIT in said.get("unreadable", ""):
        return Look(now, size, size, None, digest=digest)
    why = next((text for code, text in said.items() if code in CANNOT), "")
    return Look(
        at=now,
        size=size,
        first_size=size,
        kind=None if why else facts["kind"],
        why=why,
        imports=tuple(facts["imports"]),
        hidden=tuple(text for code, text in said.items() if code in HIDDEN),
        digest=digest,
    )
