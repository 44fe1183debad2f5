"""How a gap in the feed is made up for: a store is read again and compared with its catalog."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

from dashboard.catalog import Catalog
from dashboard.catalog.facts import Seen
from dashboard.catalog.revision import Revision
from dashboard.catalog.slices import in_slices, let_go
from dashboard.watching.asking import AT_ONCE, Asking
from dashboard.watching.scanning import Scan, batched, closing
from storage_core.entries import EntryInfo

__all__ = ["Reconciliation"]

MOST_FOUND = 10_000
"""Differences that wait to be written down."""


class Reconciliation:
    """One reading of a store whose catalog goes on being shown and kept meanwhile.

    `hear_out` waits until the feed has named what it knows. A difference that is found is a change
    which the feed may name a moment later: so it is written down only once the feed was heard out,
    and unless it named the key, for it would be counted twice.
    """

    def __init__(
        self,
        scan: Scan,
        catalog: Catalog,
        revision: Revision,
        asking: Asking,
        hear_out: Callable[[], Awaitable[None]],
    ) -> None:
        self.scan = scan
        self.catalog = catalog
        self.revision = revision
        self.asking = asking
        self.hear_out = hear_out
        self.found: list[Seen] = []

    async def run(self) -> None:
        """Raises ScanAbandoned, StoreUnavailable: then what was found so far is true as well."""
        is_described = await self.read()
        await self.ask_for_unknown()
        await self.forget_namespaces()
        if is_described:
            await self.forget_unnamed()
        else:
            await self.ask_for_rows()

    async def read(self) -> bool:
        """Go through a scan, and say whether it gave more than names."""
        is_described = False
        async with closing(self.scan.pages()) as pages:
            async for page in pages:
                if page.sizes:
                    is_described = True
                    await self.take_in(await in_slices(self.revision.look_at(page)))
                else:
                    self.revision.gathered.add(page)
                    if self.revision.has_many:
                        await self.ask_for_unknown()
        await self.revise_found()
        return is_described

    async def ask_for_unknown(self) -> None:
        """Ask for the names of the scan that the picture does not have."""
        await self.ask_for(await in_slices(self.revision.unknown()))

    async def ask_for(self, keys: Sequence[str]) -> None:
        if not keys:
            return
        await self.hear_out()
        left = [key for key in keys if not self.revision.is_left(key)]
        await self.asking.ask_for(dict.fromkeys(left, self.revision.at))

    async def take_in(self, entries: Sequence[EntryInfo]) -> None:
        """Write down what the picture does not have, or has in another way."""
        await self.ask_for([entry.key for entry in entries if not entry.is_described])
        at = self.revision.at
        self.found += [(entry.key, at, entry) for entry in entries if entry.is_described]
        if len(self.found) >= MOST_FOUND:
            await self.revise_found()

    async def forget_namespaces(self) -> None:
        """Forget the namespaces of which nothing is left."""
        sections = self.catalog.index.sections
        for namespace in self.revision.marks:
            if namespace in sections and self.revision.is_gone(namespace):
                names = sections[namespace].keys.copy()
                self.catalog.drop(sections[namespace], self.revision.at)
                await in_slices(let_go(names))

    async def forget_unnamed(self) -> None:
        """Forget the single keys that the scan did not name, unless they have come back since."""
        for namespace in self.revision.marks:
            keys = await in_slices(self.revision.gone(namespace))
            await self.revise((key, self.revision.at, None) for key in keys)

    async def ask_for_rows(self) -> None:
        """Compare all rows with what the store says of them: some are gone, some were rewritten."""
        async with closing(self.scan.described(only_unknown=False)) as answers:
            async for part, answer in answers:
                self.found += self.revision.compare(part.section, part.start, answer)
                if len(self.found) >= MOST_FOUND:
                    await self.revise_found()
        await self.revise_found()

    async def revise_found(self) -> None:
        """Write down what was found so far."""
        found, self.found = self.found, []
        if found:
            await self.hear_out()
            await self.revise(found)

    async def revise(self, seen: Iterable[Seen]) -> None:
        """Write down what was found, unless something newer is known by now."""
        for part in batched(seen, AT_ONCE):
            changes = self.catalog.apply(self.revision.current(part))
            self.revision.mark_all(key for key, _, verb in changes if verb == "written")
            self.asking.tell([change.stored_key for change in changes])
            await asyncio.sleep(0)
