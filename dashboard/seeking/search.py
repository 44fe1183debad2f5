"""One search: it goes through the values of a store and gathers where the text is."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final, Literal

from dashboard.access import NO_RIGHTS, Rights, Verb
from dashboard.catalog import Catalog, CatalogRow
from dashboard.masking import masking_for
from dashboard.reading import Worker, as_json
from dashboard.seeking.pace import LARGEST, MOST, Batches, Speed
from dashboard.seeking.question import Hit, Question
from dashboard.stores import Store
from storage_core.abc import BrowsableStorage
from storage_core.entries import StoredValue
from storage_core.exceptions import StorageError, UnreadableValue
from storage_core.keys import key_to_bytes, namespace_of

__all__ = ["MOST_HITS", "Search", "State"]

log = logging.getLogger(__name__)

State = Literal["running", "done", "full", "stopped", "left", "failed"]
"""`full`: `MOST_HITS` places were found. `stopped`: by the person. `left`: nobody looked at it."""

MOST_HITS: Final = 500
MOST_IN_VALUE: Final = 20
"""Places of one value that are shown: the value's own page finds the others."""
LONGEST_PATH: Final = 1000
PATIENCE: Final = 60.0
"""Seconds after which a search ends that nobody looks at."""
RIGHTS_KEPT: Final = 1.5
"""Seconds for which an answer about the person's rights holds."""
RETRY: Final = 0.5
"""Seconds until a store that does not answer is asked again."""


class Search:
    """Looks for a text in the values that the person may see, until it ends or is cancelled.

    The store is left alone as long after each answer as it took to give it.
    """

    def __init__(
        self,
        question: Question,
        store: Store,
        catalog: Catalog,
        rights_now: Callable[[], Awaitable[Rights]],
        *,
        tell: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`rights_now` asks for the person's rights of that moment; `tell` says that there is news.

        `clock` gives seconds.
        """
        self.question = question
        self.store = store
        self.catalog = catalog
        self.rights_now = rights_now
        self.tell = tell
        self.clock = clock
        self.state: State = "running"
        self.hits: list[Hit] = []
        self.looked = 0
        self.total = 0
        self.unreadable = 0
        self.too_large = 0
        self.cut = 0
        self.trouble = ""
        self.started_at = self.looked_at = clock()
        self.ended_at: float | None = None
        self.batches = Batches()
        self.speed = Speed()
        self.rights = NO_RIGHTS
        self.rights_until = 0.0

    @property
    def is_running(self) -> bool:
        return self.state == "running"

    @property
    def seconds_left(self) -> float | None:
        """About how long it will still take; None while that is not known."""
        rate = self.speed.rate
        return (self.total - self.looked) / rate if self.is_running and rate > 0 else None

    def look(self) -> None:
        """Somebody looks at the search, so it goes on."""
        self.looked_at = self.clock()

    def end(self, state: State) -> None:
        """It is over, if it was not before."""
        if self.is_running:
            self.state = state
            self.ended_at = self.clock()
            self.tell()

    # --- going through the store

    async def run(self, worker: Worker, turn: asyncio.Lock) -> None:
        """Look into all values. `turn` is held while the store is used and then left alone."""
        try:
            await self.go_through(worker, turn)
        except asyncio.CancelledError:
            self.end("stopped")
            raise
        except Exception:
            # A backend that others wrote may raise anything; the page says that it failed.
            log.exception("A search in %s failed.", self.store.name)
            self.end("failed")

    async def go_through(self, worker: Worker, turn: asyncio.Lock) -> None:
        while await self.goes_on() and not self.are_keys_known:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(RETRY)
        for namespace in sorted(self.sections(), key=lambda name: (name is not None, name or "")):
            async for batch in self.batches_of(namespace):
                if not await self.goes_on():
                    return
                if not self.may_look_into(namespace):
                    break
                await self.look_into(batch, worker, turn)
        self.end("done")

    async def batches_of(self, namespace: str | None) -> AsyncIterator[list[CatalogRow]]:
        """The keys of a namespace by name, those that come meanwhile among them."""
        after, last = None, b""
        while True:
            page = await self.catalog.apage(namespace, after=after, limit=MOST)
            # Beyond the last key the catalog gives the page before it once more.
            rows = [row for row in page.rows if not last or key_to_bytes(row.ref.key) > last]
            for batch in self.batches.of(rows):
                yield batch
            if page.next is None:
                return
            after, last = page.next, key_to_bytes(page.rows[-1].ref.key)

    @property
    def are_keys_known(self) -> bool:
        return self.catalog.progress.state in ("describing", "ready")

    def sections(self) -> list[str | None]:
        """The namespaces (None: the shared keys) that are to be looked through."""
        return [name for name in self.catalog.index.sections if self.may_look_into(name)]

    def may_look_into(self, namespace: str | None) -> bool:
        may, store = self.rights.may, self.store.name
        return (
            self.question.is_about(namespace)
            and may(Verb.SEE_NAMES, store, namespace)
            and may(Verb.SEE_VALUES, store, namespace)
        )

    async def goes_on(self) -> bool:
        """Whether there is a reason to go on; asks for the person's rights now and then."""
        now = self.clock()
        if now - self.looked_at > PATIENCE:
            self.end("left")
        elif now >= self.rights_until:
            self.rights = await self.rights_now()
            self.rights_until = now + RIGHTS_KEPT
            self.hits = [hit for hit in self.hits if self.may_look_into(hit.namespace)]
            sections = self.catalog.index.sections
            self.total = sum(len(sections[name]) for name in self.sections())
        return self.is_running

    # --- looking into values

    async def look_into(
        self, rows: Sequence[CatalogRow], worker: Worker, turn: asyncio.Lock
    ) -> None:
        """Look into some values, when the store answers."""
        storage = self.store.browsable
        if storage is None:
            raise StorageError("The values of this store cannot be listed.")
        async with turn:
            asked = time.perf_counter()
            values = await self.fetch(storage, rows)
            took = time.perf_counter() - asked
            self.batches.note(took)
            await self.read(values, worker)
            await asyncio.sleep(asked + 2 * took - time.perf_counter())
        self.looked += len(rows)
        self.total = max(self.total, self.looked)
        self.speed.note(self.clock(), self.looked)
        if len(self.hits) >= MOST_HITS:
            del self.hits[MOST_HITS:]
            self.end("full")
        self.tell()

    async def fetch(
        self, storage: BrowsableStorage, rows: Iterable[CatalogRow]
    ) -> list[StoredValue]:
        """The values that are there and not too large. A store that is down is asked again."""
        while True:
            try:
                rows = await described(storage, rows)
                small = [row.stored_key for row in rows if (row.size or 0) <= LARGEST]
                found = await storage.fetch(small)
            except StorageError as error:
                self.trouble = str(error)
                self.tell()
                await asyncio.sleep(RETRY)
                if not await self.goes_on():
                    return []
                continue
            self.trouble = ""
            there = [value for value in found if value is not None]
            values = [value for value in there if len(value.data) <= LARGEST]
            self.too_large += len(list(rows)) - len(small) + len(there) - len(values)
            return values

    async def read(self, values: Sequence[StoredValue], worker: Worker) -> None:
        """Look into values that were fetched."""
        readable = [value for value in values if not value.note]
        self.unreadable += len(values) - len(readable)
        if readable:
            try:
                await self.ask(readable, worker)
            except UnreadableValue:
                # One of them takes too long: it must not keep the others from being read.
                for value in readable:
                    try:
                        await self.ask([value], worker)
                    except UnreadableValue:
                        self.unreadable += 1

    async def ask(self, values: Sequence[StoredValue], worker: Worker) -> None:
        """Let the worker read values. Raises UnreadableValue if it overruns."""
        # What is masked is not found by anybody: that it was found would tell what it is.
        rules = [masking_for(self.store.name, value.key) for value in values]
        fields: dict[str, Any] = {
            "text": self.question.text,
            "limit": MOST_IN_VALUE,
            "mask": as_json(rules),
        }
        answers, _ = await worker.ask("find_in", [value.data for value in values], fields)
        for value, answer in zip(values, answers, strict=True):
            self.unreadable += answer["error"] is not None
            self.cut += len(answer["hits"]) == MOST_IN_VALUE
            self.hits += [hit_of(value.key, found) for found in answer["hits"]]


def hit_of(stored_key: str, found: dict[str, Any]) -> Hit:
    """A passage of `storage_core.values.passages` in one value."""
    return Hit(
        stored_key=stored_key,
        namespace=namespace_of(stored_key),
        path=found["path"] if len(found["path"]) <= LONGEST_PATH else "",
        is_name=found["is_name"],
        before=found["before"],
        text=found["hit"],
        after=found["after"],
    )


async def described(storage: BrowsableStorage, rows: Iterable[CatalogRow]) -> list[CatalogRow]:
    """The rows with their sizes, asked of the store where the catalog does not know them yet."""
    rows = list(rows)
    unknown = [row.stored_key for row in rows if row.size is None]
    if not unknown:
        return rows
    entries = {entry.key: entry for entry in await storage.describe(unknown) if entry is not None}
    return [
        replace(row, size=entries[row.stored_key].size) if row.stored_key in entries else row
        for row in rows
    ]
