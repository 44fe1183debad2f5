"""Looking at values in passing: slowly, a few at a time, only what changed or was never looked at.

The store is used for a twentieth of the time at most, and no value is read that is large.
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

__all__ = ["Inspector"]

log = logging.getLogger(__name__)

TOGETHER: Final = 40
"""Values in one question."""
BYTES_TOGETHER: Final = 512 * 1024
LARGEST: Final = 512 * 1024
"""Bytes of a value that is read in passing; a larger one is read when a person opens it."""
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
        self.never: Iterator[str] = iter(())
        self.next_round = 0.0
        catalog.listen(self.hear)

    def hear(self, changes: Sequence[RecentChange]) -> None:
        """Remember what changed (what the catalog calls)."""
        for change in changes:
            if change.verb == "removed":
                self.changed.pop(change.stored_key, None)
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
        """The keys to look at now: those that changed, then those never looked at."""
        now, size = self.clock(), 0
        keys: list[str] = []
        for key in [*self.due_changes(now), *islice(self.unlooked(now), TOGETHER)][:TOGETHER]:
            row = self.catalog.row(key)
            self.changed.pop(key, None)
            if row is None or row.size is None:
                continue
            if row.size > LARGEST:
                self.looks.keep(key, Look(now, row.size, row.size, None))
                continue
            keys.append(key)
            size += row.size
            if size > BYTES_TOGETHER:
                break
        return keys

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
        the shared ones, then of each plugin a part.
        """
        yield from list(self.looks.recalled)
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
        facts, _ = await reading.ask("facts", stored.data, mask=mask)
    except StorageError as error:
        return Look(now, size, size, None, str(error), digest=digest)
    said = {finding["code"]: finding["text"] for finding in facts["findings"]}
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
