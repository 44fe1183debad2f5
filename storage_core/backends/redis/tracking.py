"""The best way in which a Redis server tells the names of keys that change: client tracking.

`CLIENT TRACKING ON REDIRECT <own id> BCAST PREFIX <prefix>` and a subscription to
`__redis__:invalidate` on the same connection tell of every key that is written, deleted, evicted or
expires, with no configuration of the server and no lag in a burst; and of FLUSHALL, as an
invalidation of everything. It does not tell the database's number, so a change of the same key in
another database is named as well.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from redis.asyncio.connection import AbstractConnection
from redis.exceptions import RedisError

from storage_core.backends.redis.pipe import LOST, Pipe, answer, connected
from storage_core.exceptions import StoreUnavailable
from storage_core.keys import key_from_bytes
from storage_core.mailbox import Mailbox

__all__ = ["HEARTBEAT_SECONDS", "Tracking", "ask"]

CHANNEL: Final = b"__redis__:invalidate"
HEARTBEAT_SECONDS: Final = 1.0
"""How long the connection may be silent before the server is asked whether it is there."""
SILENCE_SECONDS: Final = 3.0
"""How long it may stay silent after that."""


class Tracking:
    """Follows one server on a connection of its own, by client tracking."""

    def __init__(
        self,
        pipe: Pipe,
        prefix: bytes,
        db: int,
        mailbox: Mailbox,
        clock: Callable[[], float],
    ) -> None:
        self._prefix = prefix
        self._db = db
        self._mailbox = mailbox
        self._clock = clock
        self._connection = pipe.make_connection()
        self.doubt: str | None = None
        """Why something may have been missed, until whoever asks has told of it."""
        self._waiting: dict[bytes, asyncio.Event] = {}
        self._count = 0

    @property
    def words(self) -> str:
        """How changes are noticed, as a page says it."""
        return "by Redis client tracking"

    @property
    def look_over_seconds(self) -> int | None:
        """How often to look over everything all the same; None where nothing is ever missed."""
        return None

    async def start(self) -> None:
        """Raises Refused if the server does not do this, StoreUnavailable if it is not there."""
        connection = await connected(self._connection)
        try:
            await self._subscribe(connection)
        except StoreUnavailable:  # which is an OSError as well
            raise
        except LOST:
            raise StoreUnavailable("The Redis server cannot be reached.") from None

    async def run(self) -> None:
        """Put what comes into the mailbox until the connection is lost."""
        try:
            while True:
                message = await self._next_message()
                if isinstance(message, list) and message[0] == b"pong":
                    self._note_answer(message[1])
                else:
                    self._take(message)
        except StoreUnavailable as error:
            self._mailbox.fail(error)
        except (*LOST, RedisError):
            self._mailbox.fail(StoreUnavailable("The Redis server was lost; its feed has ended."))

    async def caught_up(self) -> None:
        """Until what the server told before this was called has been read: it answers in order."""
        self._count += 1
        token, answered = b"%d" % self._count, asyncio.Event()
        self._waiting[token] = answered
        try:
            await self._connection.send_command("PING", token, check_health=False)
            await answered.wait()
        except (*LOST, RedisError):
            return  # which `run` tells
        finally:
            del self._waiting[token]

    async def stop(self) -> None:
        await self._connection.disconnect(nowait=True)

    async def _subscribe(self, connection: AbstractConnection) -> None:
        own_id = await ask(connection, "CLIENT", "ID")
        await ask(
            connection,
            *("CLIENT", "TRACKING", "ON", "REDIRECT", own_id, "BCAST", "PREFIX", self._prefix),
        )
        await ask(connection, "SUBSCRIBE", CHANNEL)

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

    def _note_answer(self, token: bytes) -> None:
        if token in self._waiting:
            self._waiting[token].set()

    def _take(self, message: Any) -> None:
        if not isinstance(message, list) or message[:2] != [b"message", CHANNEL]:
            return
        names = message[2]
        if names is None:
            self._mailbox.put_gap("everything was deleted at once", self._clock())
        else:
            self._tell(names)

    def _tell(self, names: list[bytes]) -> None:
        start = len(self._prefix)
        self._mailbox.put([key_from_bytes(name[start:]) for name in names], self._clock())


async def ask(connection: AbstractConnection, *command: Any) -> Any:
    """The reply to a command on a connection that is used alone, as `answer` gives it."""
    await connection.send_command(*command)
    return await answer(connection)
