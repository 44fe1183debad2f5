"""A connection that redis-py has opened and signed in, used without its detours.

Commands go out as they are asked, and the replies come back in the same order: no task, no lock and
no timeout for each of them. That is several times as fast as redis-py's own way of reading.
"""

import asyncio
import select
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final

import hiredis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import AuthenticationError, MovedError, ResponseError

from storage_core.exceptions import StoreUnavailable

__all__ = ["ANSWER_SECONDS", "Command", "Request", "Wire", "packed"]

ANSWER_SECONDS: Final = 5.0
"""How long a server may take to answer before its answer counts as lost."""
IDLE_SECONDS: Final = 0.01
"""A connection that was not used for so long may have been closed from the other side."""

Command = tuple[Any, ...]

packed = hiredis.pack_command
"""A command as Redis reads it."""


class Request:
    """Packed commands that go out side by side, and who waits for their replies.

    The future gets the list of replies, or the reply itself if `is_single`. A reply that is an
    error is given as its exception, not raised.
    """

    __slots__ = ("count", "future", "is_again", "is_single", "is_write", "packed", "replies")

    def __init__(
        self,
        packed: bytes,
        count: int,
        future: asyncio.Future[Any],
        *,
        is_single: bool = False,
        is_write: bool = False,
    ) -> None:
        self.packed = packed
        self.count = count
        self.future = future
        self.is_single = is_single
        self.is_write = is_write
        self.is_again = False
        self.replies: list[Any] = []

    def fail(self, error: Exception) -> None:
        """Tell who waits that no reply comes."""
        if not self.future.done():
            self.future.set_exception(error)


class Wire(asyncio.Protocol):
    """Questions and answers on one connection. `on_lost` gets what was sent and not answered."""

    def __init__(
        self, connection: AbstractConnection, on_lost: Callable[["Wire", Sequence[Request]], None]
    ) -> None:
        self.connection = connection
        self._on_lost = on_lost
        self._loop = asyncio.get_running_loop()
        self._reader = hiredis.Reader(replyError=_error)
        # When each was sent, and what.
        self._pending: deque[tuple[float, Request]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._is_lost = False
        # redis-py has no public way to hand over the transport of a connection.
        self._transport = connection._writer.transport  # type: ignore[union-attr] # noqa: SLF001 - see above
        self._transport.set_protocol(self)
        self._used_at = time.monotonic()
        self._poll = select.poll()
        self._poll.register(self._transport.get_extra_info("socket").fileno(), select.POLLIN)

    def send(self, requests: Sequence[Request]) -> None:
        """Send all that is asked, in one go."""
        now = self._used_at = time.monotonic()
        self._pending.extend([(now, request) for request in requests])
        self._transport.write(b"".join([request.packed for request in requests]))
        if self._timer is None:
            self._timer = self._loop.call_later(ANSWER_SECONDS, self._look_at_the_clock)

    def ask(self, *command: Any) -> asyncio.Future[Any]:
        """The future reply to one command."""
        future = self._loop.create_future()
        self.send([Request(packed(command), 1, future, is_single=True)])
        return future

    def is_alive(self) -> bool:
        """Whether nothing has come unasked on a connection at rest: its end, most often."""
        if self._is_lost or self._transport.is_closing():
            return False
        is_at_rest = not self._pending and time.monotonic() - self._used_at > IDLE_SECONDS
        return not (is_at_rest and self._poll.poll(0))

    @property
    def unanswered(self) -> list[Request]:
        return [request for _, request in self._pending]

    def data_received(self, data: bytes) -> None:
        reader, pending = self._reader, self._pending
        try:
            reader.feed(data)
            while (reply := reader.gets()) is not False:
                request = pending[0][1]
                if request.is_single:
                    pending.popleft()
                    if not request.future.done():
                        request.future.set_result(reply)
                    continue
                request.replies.append(reply)
                if len(request.replies) == request.count:
                    pending.popleft()
                    if not request.future.done():
                        request.future.set_result(request.replies)
        except (hiredis.ProtocolError, IndexError):  # this is no Redis server, or out of step
            self._lose()
        self._used_at = time.monotonic()

    def eof_received(self) -> None:
        self._lose()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc  # whatever it was, answers are lost
        self._lose()

    async def close(self) -> None:
        """Let the connection go; what was not answered is lost."""
        self._lose()
        await self.connection.disconnect(nowait=True)

    def _look_at_the_clock(self) -> None:
        self._timer = None
        if not self._pending:
            return
        left = self._pending[0][0] + ANSWER_SECONDS - time.monotonic()
        if left <= 0:
            self._lose()
        else:
            self._timer = self._loop.call_later(left, self._look_at_the_clock)

    def _lose(self) -> None:
        if self._is_lost:
            return
        self._is_lost = True
        if self._timer is not None:
            self._timer.cancel()
        self._transport.abort()
        lost = self.unanswered
        self._pending.clear()
        for request in lost:
            request.replies.clear()
        self._on_lost(self, lost)


def _error(text: str) -> Exception:
    """A reply that is an error, as redis-py would raise it."""
    code, _, rest = text.partition(" ")
    if code == "MOVED":
        return MovedError(rest)
    if code in ("NOAUTH", "WRONGPASS"):
        return AuthenticationError(text)
    return ResponseError(text.removeprefix("ERR "))


def lost(wire: Wire, requests: Sequence[Request]) -> None:
    """What a wire that only reads, and is used by one task, does when it is lost."""
    del wire
    for request in requests:
        request.fail(StoreUnavailable("The Redis server does not answer."))
