"""The change feed of a Redis server: client tracking, in broadcast mode, redirected to itself.

`CLIENT TRACKING ON REDIRECT <own id> BCAST PREFIX <prefix>` and a subscription to
`__redis__:invalidate` on the same connection tell the name of every key that is written, deleted,
evicted or expires, with no configuration of the server and no lag in a burst; and FLUSHALL, as an
invalidation of everything. It does not tell the database's number, so a change of the same key in
another database is named as well.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final

from redis.exceptions import RedisError

from storage_core.backends.redis.pipe import LOST, Pipe, answer, connected
from storage_core.backends.redis.servers import Servers
from storage_core.changes import Change, Gap
from storage_core.exceptions import StoreUnavailable
from storage_core.keys import key_from_bytes
from storage_core.mailbox import Mailbox

__all__ = ["follow"]

CHANNEL: Final = b"__redis__:invalidate"
HEARTBEAT_SECONDS: Final = 1.0
"""How long the connection may be silent before the server is asked whether it is there."""
SILENCE_SECONDS: Final = 3.0
"""How long it may stay silent after that."""


async def follow(
    servers: Servers, prefix: bytes, clock: Callable[[], float]
) -> AsyncIterator[Sequence[Change] | Gap]:
    """The changes on every primary, after a gap that says that all of them are followed.

    Raises StoreUnavailable when a connection is lost: what was missed is not known.
    """
    mailbox = Mailbox()
    trackers = [_Tracker(pipe, prefix, mailbox, clock) for pipe in servers.pipes()]
    tasks: list[asyncio.Task[None]] = []
    try:
        for tracker in trackers:
            await tracker.start()
        mailbox.put_gap("the feed starts here", clock())
        tasks += [asyncio.create_task(tracker.run()) for tracker in trackers]
        while True:
            await mailbox.wait()
            if news := mailbox.take():
                yield news
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for tracker in trackers:
            await tracker.stop()


class _Tracker:
    """Follows one server on a connection of its own."""

    def __init__(
        self, pipe: Pipe, prefix: bytes, mailbox: Mailbox, clock: Callable[[], float]
    ) -> None:
        self._prefix = prefix
        self._mailbox = mailbox
        self._clock = clock
        self._connection = pipe.make_connection()

    async def start(self) -> None:
        connection = await connected(self._connection)
        try:
            await connection.send_command("CLIENT", "ID")
            own_id = await answer(connection)
            await connection.send_command(
                "CLIENT", "TRACKING", "ON", "REDIRECT", own_id, "BCAST", "PREFIX", self._prefix
            )
            await answer(connection)
            await connection.send_command("SUBSCRIBE", CHANNEL)
            await answer(connection)
        except LOST:
            raise StoreUnavailable("The Redis server cannot be reached.") from None

    async def run(self) -> None:
        """Put what comes into the mailbox until the connection is lost."""
        try:
            while True:
                self._take(await self._next_message())
        except (*LOST, RedisError):
            self._mailbox.fail(StoreUnavailable("The Redis server was lost; its feed has ended."))
        except StoreUnavailable as error:
            self._mailbox.fail(error)

    async def stop(self) -> None:
        await self._connection.disconnect(nowait=True)

    async def _next_message(self) -> Any:
        """What comes next. A silent server is asked whether it is there: no answer is a loss."""
        reading = asyncio.ensure_future(self._connection.read_response(disable_decoding=True))
        try:
            done, _ = await asyncio.wait([reading], timeout=HEARTBEAT_SECONDS)
            if not done:
                await self._connection.send_command("PING", check_health=False)
                done, _ = await asyncio.wait([reading], timeout=SILENCE_SECONDS)
            if not done:
                raise TimeoutError
            return reading.result()
        finally:
            reading.cancel()

    def _take(self, message: Any) -> None:
        if not isinstance(message, list) or message[:2] != [b"message", CHANNEL]:
            return  # the answer to a heartbeat
        names = message[2]
        if names is None:
            self._mailbox.put_gap("everything was deleted at once", self._clock())
        else:
            start = len(self._prefix)
            self._mailbox.put([key_from_bytes(name[start:]) for name in names], self._clock())
