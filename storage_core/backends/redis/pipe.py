"""One connection for all tasks: what is asked in one turn of the loop goes out together.

Answers are not waited for before more is sent, and a lost connection fails what was sent; nothing
that writes is sent twice.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final

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

from storage_core.backends.redis import wire
from storage_core.backends.redis.wire import Command, Request, Wire, packed
from storage_core.exceptions import StoreUnavailable, UnsupportedByBackend

__all__ = [
    "AnswerLost",
    "Command",
    "Pipe",
    "Refused",
    "answer",
    "connected",
    "unavailable",
    "unless_error",
]

CONNECT_SECONDS: Final = 3.0
"""A server that comes back meanwhile may be found by the next call only."""

LOST: Final = (RedisConnectionError, RedisTimeoutError, OSError, TimeoutError, EOFError)
MakeConnection = Callable[[], AbstractConnection]


class AnswerLost(StoreUnavailable):
    """A write was sent and no answer came: it may or may not have been done."""


class Refused(StoreUnavailable):
    """The server answered, and will not do this."""


class Pipe:
    """Questions to one server. A reply that is an error is given as its exception, not raised."""

    def __init__(self, make_connection: MakeConnection) -> None:
        self.make_connection = make_connection
        self._loop = asyncio.get_running_loop()
        self._wire: Wire | None = None
        self._waiting: list[Request] = []
        self._is_called = False
        self._connecting: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()

    def ask_one(self, command: Command, *, is_write: bool = False) -> asyncio.Future[Any]:
        """The future reply to one command."""
        future = self._loop.create_future()
        self._put(Request(packed(command), 1, future, is_single=True, is_write=is_write))
        return future

    def ask(self, commands: Sequence[Command]) -> asyncio.Future[list[Any]]:
        """The future replies to commands that only read, one for each."""
        return self.ask_packed(b"".join(map(packed, commands)), len(commands))

    def ask_packed(self, commands: bytes, count: int) -> asyncio.Future[list[Any]]:
        """The future replies to so many commands that only read, as Redis reads them."""
        future = self._loop.create_future()
        self._put(Request(commands, count, future))
        return future

    async def wire(self) -> Wire:
        """A connection of its own, for reading only. Raises StoreUnavailable."""
        return Wire(await connected(self.make_connection()), wire.lost)

    async def close(self) -> None:
        """Wait for what was asked, then let the connection go."""
        while asked := [request.future for request in self._asked() if not request.future.done()]:
            await asyncio.wait(asked)
        if self._connecting is not None:
            await self._connecting
        if self._wire is not None:
            self._let_go(self._wire)
        await asyncio.gather(*self._closing)

    def _asked(self) -> list[Request]:
        return [*self._waiting, *(self._wire.unanswered if self._wire else ())]

    def _put(self, request: Request) -> None:
        self._waiting.append(request)
        if not self._is_called and self._connecting is None:
            self._is_called = True
            self._loop.call_soon(self._send)

    def _send(self) -> None:
        """Send what has come in this turn of the loop, over a new connection if need be."""
        self._is_called = False
        if self._wire is not None and not self._wire.is_alive():
            self._let_go(self._wire)
        if self._wire is not None:
            waiting, self._waiting = self._waiting, []
            self._wire.send(waiting)
        elif self._connecting is None and self._waiting:
            self._connecting = self._loop.create_task(self._connect())

    async def _connect(self) -> None:
        try:
            self._wire = Wire(await connected(self.make_connection()), self._take_back)
        except BaseException as error:
            waiting, self._waiting = self._waiting, []
            failure = error if isinstance(error, StoreUnavailable) else unavailable(error)
            for request in waiting:
                request.fail(failure)
            if not isinstance(error, StoreUnavailable):
                raise
        finally:
            self._connecting = None
        if self._waiting:
            self._send()

    def _take_back(self, lost: Wire, requests: Sequence[Request]) -> None:
        """A connection was lost: ask again, once, what has no effect, and nothing else."""
        again = [request for request in requests if not request.is_write and not request.is_again]
        for request in requests:
            if request.is_write:
                words = "The Redis server did not answer. Whether the change was made is unknown."
                request.fail(AnswerLost(words))
            elif request.is_again:
                request.fail(StoreUnavailable("The Redis server does not answer."))
        for request in again:
            request.is_again = True
        self._waiting[:0] = again
        self._let_go(lost)
        if again:
            self._send()

    def _let_go(self, old: Wire) -> None:
        if self._wire is old:
            self._wire = None
        task = self._loop.create_task(old.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


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


def unless_error(reply: Any) -> Any:
    """A reply that is no error. Raises UnsupportedByBackend, StoreUnavailable."""
    if not isinstance(reply, Exception):
        return reply
    if "WRONGTYPE" in str(reply):
        raise UnsupportedByBackend("This key holds another kind of Redis data, not a bot's value.")
    raise unavailable(reply)


async def answer(connection: AbstractConnection) -> Any:
    """The next reply on a connection that is used alone.

    Raises StoreUnavailable if it is an error, and what is in `LOST` if none comes in time.
    """
    async with asyncio.timeout(wire.ANSWER_SECONDS):
        reply = await _reply(connection)
    if isinstance(reply, Exception):
        raise unavailable(reply)
    return reply


async def _reply(connection: AbstractConnection) -> Any:
    try:
        return await connection.read_response(disable_decoding=True)
    except ResponseError as error:
        return error
