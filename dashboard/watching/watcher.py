"""One store, watched: its feed followed, its catalog kept, its status known."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from dashboard.catalog import Catalog
from dashboard.marks import Hub
from dashboard.stores import Store
from dashboard.watching.following import Follower
from storage_core.exceptions import StorageError, StoreUnavailable

__all__ = ["Watcher"]

log = logging.getLogger(__name__)

BEAT_SECONDS = 0.5
"""Between two questions whether the store is there."""
SILENCE_SECONDS = 1.2
"""How long it may take to answer before it counts as down."""
FIRST_DELAY, LONGEST_DELAY = 0.1, 1.0
"""Seconds between two attempts."""
STEADY_SECONDS = 5.0
"""An attempt that lasted so long went well."""
PROBE = "cubbyhole.probe"
"""A key to ask for when only the answer matters."""


class Watcher:
    """Keeps the catalog and the status of one store true until it is cancelled."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        hub: Hub,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.store = store
        self.catalog = catalog
        self.hub = hub
        self.clock = clock
        self.delay = FIRST_DELAY

    async def run(self) -> None:
        """Watch for ever. Whatever fails, what follows is another attempt a moment later."""
        while True:
            started = self.clock()
            try:
                await self.watch()
            except* StorageError as group:
                await self.note_failure(str(first_of(group)))
            except* Exception as group:
                # A backend that others wrote may raise anything: that store is down, not ours.
                log.exception("Watching the store %s failed.", self.store.name, exc_info=group)
                self.note_down(f"Its backend failed: {type(first_of(group)).__name__}.")
            if self.clock() - started > STEADY_SECONDS:
                self.delay = FIRST_DELAY
            await asyncio.sleep(self.delay)
            self.delay = min(self.delay * 2, LONGEST_DELAY)

    async def note_failure(self, reason: str) -> None:
        """An attempt has failed. If only its connection was lost, the store is not down."""
        if self.delay == LONGEST_DELAY or not await self.is_there():
            self.note_down(reason)

    async def is_there(self) -> bool:
        if not self.store.is_open:
            return False
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                await self.ask()
        except (StorageError, TimeoutError):
            return False
        return True

    async def watch(self) -> None:
        """One attempt: everything that watching is, until a part of it fails."""
        async with asyncio.TaskGroup() as tasks:
            await self.store.open()
            tasks.create_task(self.feel_pulse())
            if self.store.browsable is None:
                self.catalog.report(state="unlisted")
            else:
                follower = Follower(
                    self.store.name, self.store.browsable, self.catalog, self.hub, self.clock
                )
                for part in follower.parts():
                    tasks.create_task(self.lasting(part))

    async def lasting(self, part: Callable[[], Awaitable[None]]) -> None:
        """A part of the work that never ends by itself, else watching would be half done."""
        await part()
        raise StoreUnavailable("The feed of the store has ended.")

    async def feel_pulse(self) -> None:
        """Ask again and again whether the store is there. Silence is a state, no failure."""
        while True:
            try:
                async with asyncio.timeout(SILENCE_SECONDS):
                    await self.ask()
            except TimeoutError:
                self.note_down("It does not answer.")
            else:
                self.note_up()
            await asyncio.sleep(BEAT_SECONDS)

    async def ask(self) -> None:
        if self.store.browsable is None:
            await self.store.backend.has(PROBE)
        else:
            await self.store.browsable.describe([PROBE])

    def note_up(self) -> None:
        if self.store.status.state != "up":
            self.store.is_up()
            self.hub.mark_store(self.store.name)

    def note_down(self, reason: str) -> None:
        if (self.store.status.state, self.store.status.reason) != ("down", reason):
            self.store.is_down(reason)
            self.hub.mark_store(self.store.name)


def first_of(group: BaseExceptionGroup[Exception]) -> Exception:
    """One of the failures: when a store goes away, they all say the same."""
    first = group.exceptions[0]
    return first_of(first) if isinstance(first, BaseExceptionGroup) else first
