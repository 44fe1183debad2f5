"""A change feed for stores that cannot tell: look at everything again, and compare.

How often depends on how long a look takes, so that looking costs the store a tenth of its time at
most.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from hashlib import blake2b
from typing import Final

from storage_core.changes import Change, Gap

__all__ = ["Look", "PolledFeed", "fingerprint"]

SHORTEST_PAUSE_SECONDS: Final = 1.0
LONGEST_PAUSE_SECONDS: Final = 60.0
LOOKING_SHARE: Final = 10

Look = Callable[[], AsyncGenerator[Mapping[str, bytes], None]]
"""Everything in the store, in batches: a fingerprint for each key."""


def fingerprint(data: bytes, expires_at: float | None) -> bytes:
    """Sixteen bytes that stand for a value and its expiry."""
    return blake2b(data, digest_size=16, person=repr(expires_at).encode()[:16]).digest()


class PolledFeed:
    """Compares one look with the next.

    What changes and changes back between two looks leaves no trace. If somebody read it in between,
    they would keep it for ever: so who reads says what was `served`, and it is named if it differs.
    """

    def __init__(
        self,
        look: Look,
        clock: Callable[[], float],
        *,
        shortest_pause: float = SHORTEST_PAUSE_SECONDS,
    ) -> None:
        self._look = look
        self._clock = clock
        self._shortest_pause = shortest_pause
        self._known: dict[str, bytes] = {}
        self._served: dict[str, bytes] = {}

    def served(self, key: str, mark: bytes) -> None:
        """`key` was read just now, with this fingerprint."""
        if self._known.get(key) != mark:
            self._served[key] = mark

    async def changes(self) -> AsyncGenerator[Sequence[Change] | Gap, None]:
        """The feed of one follower."""
        took = await self._look_again()
        yield Gap("the feed starts here", self._clock())
        while True:
            pause = max(self._shortest_pause, took * LOOKING_SHARE)
            await asyncio.sleep(min(pause, LONGEST_PAUSE_SECONDS))
            before, served = self._known, self._served
            self._served = {}
            took = await self._look_again()
            now = self._clock()
            if names := self._differing(before, served):
                yield [Change(key, now) for key in names]

    async def _look_again(self) -> float:
        """Seconds that the look took."""
        started = time.monotonic()
        known: dict[str, bytes] = {}
        async with aclosing(self._look()) as batches:
            async for batch in batches:
                known.update(batch)
        self._known = known
        return time.monotonic() - started

    def _differing(self, before: Mapping[str, bytes], served: Mapping[str, bytes]) -> list[str]:
        known = self._known
        names = [key for key, mark in known.items() if before.get(key) != mark]
        names += [key for key in before if key not in known]
        named = set(names)
        names += [k for k, mark in served.items() if known.get(k) != mark and k not in named]
        return names
