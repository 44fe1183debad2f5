"""What a store says of single keys, written down in its catalog and told to the pages.

One question after the other, so that an older answer never overwrites a newer one.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence

from dashboard import marks
from dashboard.catalog import Catalog
from dashboard.catalog.facts import Seen
from dashboard.catalog.revision import Revision
from dashboard.marks import Hub
from dashboard.watching.pace import Pace
from dashboard.watching.pending import Pending
from dashboard.watching.scanning import batched
from storage_core.abc import BrowsableStorage
from storage_core.entries import NEVER, NO_SIZE, EntryInfo
from storage_core.keys import key_to_bytes, namespace_of

__all__ = ["AT_ONCE", "TOGETHER", "Asking"]

TOGETHER = 1000
"""Keys asked for in one question."""
AT_ONCE = 100
"""Keys written down before others get their turn."""
AGAIN = 0.25
"""Seconds after which an entry is asked for again that the store keeps past its expiry."""


class Asking:
    """Asks one store. `revision` is set while its catalog is compared with it."""

    def __init__(
        self,
        name: str,
        backend: BrowsableStorage,
        catalog: Catalog,
        hub: Hub,
        clock: Callable[[], float],
    ) -> None:
        self.name = name
        self.backend = backend
        self.catalog = catalog
        self.hub = hub
        self.clock = clock
        self.pace = Pace()
        self.turn = asyncio.Lock()
        self.revision: Revision | None = None

    async def ask_for_pending(self, pending: Pending) -> int:
        """Ask for the next keys that the feed named, and say how many those were."""
        async with self.turn:
            taken = pending.take(TOGETHER)
            self.note(taken)
            await self.ask_and_apply(taken)
        return len(taken)

    async def ask_for(self, changed: Mapping[str, float]) -> None:
        """Ask for many keys that changed at these moments, not while others are being asked for."""
        for part in batched(changed.items(), TOGETHER):
            async with self.turn:
                await self.ask_and_apply(dict(part))

    async def ask_for_due(self, keys: Sequence[str], now: float) -> None:
        """Ask for keys whose moment has come: most are gone, some got another expiry."""
        async with self.turn:
            self.note(keys)
            gone: list[Seen] = []
            for key, entry in zip(keys, await self.backend.describe(keys), strict=True):
                if entry is None:
                    gone.append((key, now, None))
                    continue
                self.catalog.index.put(entry)
                if entry.expires_at is not None:
                    again = max(entry.expires_at, self.clock() + AGAIN)
                    self.catalog.index.deadlines.note(key, again)
            self.tell([change.stored_key for change in self.catalog.apply(gone)])

    def note(self, keys: Iterable[str]) -> None:
        """Let a comparison know that these are asked for anyway."""
        if self.revision is not None:
            self.revision.note(keys)

    async def ask_and_apply(self, changed: Mapping[str, float]) -> None:
        seen = await self.described(changed)
        for part in batched(seen, AT_ONCE):
            self.tell([change.stored_key for change in self.catalog.apply(part)])
            await asyncio.sleep(0)

    async def described(self, changed: Mapping[str, float]) -> list[Seen]:
        """Keys, the moments when they changed, and what the store says of them now."""
        found = await self.pace.of(
            self.backend.describe_columns([key_to_bytes(key) for key in changed])
        )
        return [
            (
                key,
                at,
                None
                if size == NO_SIZE
                else EntryInfo(key, size, None if expires == NEVER else expires),
            )
            for (key, at), size, expires in zip(
                changed.items(), found.sizes, found.expires_at, strict=True
            )
        ]

    def tell(self, keys: Sequence[str]) -> None:
        """Mark what shows these keys."""
        if not keys:
            return
        self.hub.mark_keys(self.name, keys)
        for namespace in {namespace_of(key) for key in keys}:
            self.hub.mark(marks.namespace_topic(self.name, namespace))
        self.hub.mark(marks.store_topic(self.name))
