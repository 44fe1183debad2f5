"""One connection for all tasks: what is asked in one turn of the loop shares a round trip.

While a round trip is under way, what comes meanwhile waits for the next one, so the busier the bot,
the fuller the pipe. A lost connection fails what was sent; nothing that writes is sent twice.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from redis.asyncio.connection import AbstractConnection
from redis.exceptions import (
    AuthenticationError,
    RedisError,
    ResponseError,
)
from redis.exceptions import (
    ConnectionError as RedisConnectionError,
)
from redis.exceptions import (
    TimeoutError as RedisTimeoutError,
)

from storage_core.exceptions import StoreUnavailable

__all__ = ["AnswerLost", "Pipe", "Refused", "answer", "connected", "unavailable"]

ANSWER_SECONDS: Final = 5.0
"""How long a server may take to answer before its answer counts as lost."""
CONNECT_SECONDS: Final = 5.0
MOST_TOGETHER: Final = 500
IDLE_SECONDS: Final = 0.01
"""A connection that was not used for so long may have been closed from the other side."""

LOST: Final = (RedisConnectionError, RedisTimeoutError, OSError, TimeoutError, EOFError)
Command = tuple[Any, ...]
MakeConnection = Callable[[], AbstractConnection]


class AnswerLost(StoreUnavailable):
    """A write was sent and no answer came: it may or may not have been done."""


class Refused(StoreUnavailable):
    """The server answered, and will not do this."""


class Request(NamedTuple):
    """Commands that go out side by side, and who waits for their replies."""

    commands: Sequence[Command]
    is_write: bool
    future: asyncio.Future[list[Any]]


class Pipe:
    """Questions to one server. A reply that is an error is given as its exception, not raised."""

    def __init__(self, make_connection: MakeConnection) -> None:
        self.make_connection = make_connection
        self._loop = asyncio.get_running_loop()
        self._connection: AbstractConnection | None = None
        self._waiting: list[Request] = []
        self._task: asyncio.Task[None] | None = None
        self._used_at = 0.0

    def ask(self, commands: Sequence[Command], *, is_write: bool) -> asyncio.Future[list[Any]]:
        """The future replies, one for each command."""
        future = self._loop.create_future()
        self._waiting.append(Request(commands, is_write, future))
        if self._task is None:
            self._task = self._loop.create_task(self._work())
        return future

    async def close(self) -> None:
        """Wait for what was asked, then let the connection go."""
        if self._task is not None:
            await self._task
        await self._disconnect()

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch = self._waiting[:MOST_TOGETHER]
                del self._waiting[:MOST_TOGETHER]
                await self._serve(batch)
        finally:
            self._task = None

    async def _serve(self, batch: Sequence[Request]) -> None:
        """Ask; if the connection is lost, ask again what has no effect and nothing else."""
        lost = await self._exchange(batch)
        again = [request for request in lost if not request.is_write]
        for request in lost:
            if request.is_write:
                _fail(
                    request,
                    AnswerLost(
                        "The Redis server did not answer. Whether the change was made is unknown."
                    ),
                )
        for request in await self._exchange(again) if again else ():
            _fail(request, StoreUnavailable("The Redis server does not answer."))

    async def _exchange(self, batch: Sequence[Request]) -> Sequence[Request]:
        """Send and receive; what was sent and got no answer is given back."""
        try:
            connection = await self._ready()
        except StoreUnavailable as error:
            for request in batch:
                _fail(request, error)
            return ()
        open_requests = list(reversed(batch))
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                packed = [_packed(command) for request in batch for command in request.commands]
                await connection.send_packed_command([b"".join(packed)], check_health=False)
                while open_requests:
                    request = open_requests[-1]
                    replies = [await _reply(connection) for _ in request.commands]
                    open_requests.pop()
                    if not request.future.done():
                        request.future.set_result(replies)
        except LOST:
            await self._disconnect()
        except BaseException:
            await self._disconnect()
            for request in open_requests:
                _fail(request, AnswerLost("The connection was closed before the answer came."))
            raise
        self._used_at = time.monotonic()
        return open_requests[::-1]

    async def _ready(self) -> AbstractConnection:
        is_idle = time.monotonic() - self._used_at > IDLE_SECONDS
        if self._connection is not None and is_idle and not await _is_alive(self._connection):
            await self._disconnect()
        if self._connection is None:
            self._connection = await connected(self.make_connection())
            self._used_at = time.monotonic()
        return self._connection

    async def _disconnect(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await connection.disconnect(nowait=True)


async def connected(connection: AbstractConnection) -> AbstractConnection:
    """The connection, signed in.

    Raises StoreUnavailable in words that hold neither address nor password.
    """
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await connection.connect()  # type: ignore[no-untyped-call] # redis-py's
    except (*LOST, RedisError) as error:
        await connection.disconnect(nowait=True)
        raise unavailable(error) from None
    return connection


def unavailable(error: BaseException) -> StoreUnavailable:
    """What redis-py's error means for a person who looks at the store."""
    if isinstance(error, AuthenticationError) or "NOAUTH" in str(error):
        return StoreUnavailable("The Redis server refused the sign-in: check user and password.")
    if isinstance(error, TimeoutError | RedisTimeoutError):
        return StoreUnavailable("The Redis server did not answer in time.")
    if isinstance(error, ResponseError):
        return Refused(f"The Redis server refused: {str(error)[:200]}")
    return StoreUnavailable("The Redis server cannot be reached.")


async def answer(connection: AbstractConnection, seconds: float = ANSWER_SECONDS) -> Any:
    """The next reply on a connection that is used alone.

    Raises StoreUnavailable if it is an error, and what is in `LOST` if none comes in time.
    """
    async with asyncio.timeout(seconds):
        reply = await _reply(connection)
    if isinstance(reply, Exception):
        raise unavailable(reply)
    return reply


async def _reply(connection: AbstractConnection) -> Any:
    try:
        return await connection.read_response(disable_decoding=True)
    except ResponseError as error:
        return error


async def _is_alive(connection: AbstractConnection) -> bool:
    """Whether nothing has come unasked: the end of the stream, most often."""
    can_read = getattr(connection, "can_read", None) or connection.can_read_destructive
    try:
        return not await can_read()
    except (*LOST, RedisError):
        return False


def _packed(command: Command) -> bytes:
    """The command as Redis reads it. redis-py's own packing costs three times as much."""
    parts = [b"*%d\r\n" % len(command)]
    for word in command:
        raw = word if isinstance(word, bytes) else str(word).encode()
        parts.append(b"$%d\r\n%b\r\n" % (len(raw), raw))
    return b"".join(parts)


def _fail(request: Request, error: Exception) -> None:
    if not request.future.done():
        request.future.set_exception(error)
