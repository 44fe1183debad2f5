"""Keyspace notifications, where client tracking is refused and the server's owner has them on.

They lag in a burst, and three things they never tell: that everything was deleted at once
(FLUSHALL, FLUSHDB), that a database was replaced (SWAPDB, another primary), and that they were
switched off. So the server is asked, over another connection and every second, what it has been
told to do since; and as it counts only what it knows, the store is looked over now and then anyway.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from redis.asyncio.connection import AbstractConnection
from redis.exceptions import RedisError

from storage_core.backends.redis.listing import escaped
from storage_core.backends.redis.pipe import Pipe, Refused, unless_error
from storage_core.backends.redis.tracking import HEARTBEAT_SECONDS, Tracking, ask
from storage_core.exceptions import StoreUnavailable
from storage_core.mailbox import Mailbox

__all__ = ["Notifications"]

EVERYTHING: Final = frozenset("Kg$xe")
"""What a bot's storage needs: by key, and general commands, strings, what expires, is evicted."""
HOLD_SECONDS: Final = 0.02
"""How long a name waits for another one before the server is asked whether it was the last."""
UNTOLD: Final = ("flushall", "flushdb", "swapdb", "debug", "config|set")
"""Commands of which no notification tells, as the server counts them."""
COUNTER: Final = "info"
"""The command that is counted with each question: the count falls if the counts are reset."""
SHORTEST_SECONDS: Final = 30
LONGEST_SECONDS: Final = 600
KEYS_A_SECOND: Final = 1000
"""A store of so many keys more is looked over a second later: at a steady, low cost."""
QUESTIONS: Final = (
    ("CONFIG", "GET", "notify-keyspace-events"),
    ("INFO", "commandstats"),
    ("INFO", "replication"),
    ("DBSIZE",),
)


class Sight(NamedTuple):
    """What a server says of itself at one moment."""

    calls: Mapping[str, int]
    data: str
    """The name of its history of changes, another one after it was given other data."""
    keys: int

    def doubt(self, before: "Sight") -> str | None:
        """Why notifications may have missed something since, if they may."""
        if self.data != before.data:
            return "the server was given other data"
        if self.calls.get(COUNTER, 0) < before.calls.get(COUNTER, 0):
            return "the server counts its commands anew"
        for command in UNTOLD:
            if self.calls.get(command, 0) != before.calls.get(command, 0):
                return f"the server was told {command.upper()}, which it does not notify of"
        return None


class Notifications(Tracking):
    """Follows one server by keyspace notifications, if they are on and stay so."""

    def __init__(
        self,
        pipe: Pipe,
        prefix: bytes,
        db: int,
        mailbox: Mailbox,
        clock: Callable[[], float],
    ) -> None:
        super().__init__(pipe, prefix, db, mailbox, clock)
        self._pipe = pipe
        self._sight: Sight | None = None
        self._held = b""
        self._asking: asyncio.Task[None] | None = None

    @property
    def words(self) -> str:
        return f"by Redis keyspace notifications; looked over every {self.look_over_seconds} s"

    @property
    def look_over_seconds(self) -> int:
        keys = 0 if self._sight is None else self._sight.keys
        return min(SHORTEST_SECONDS + keys // KEYS_A_SECOND, LONGEST_SECONDS)

    async def run(self) -> None:
        checking = asyncio.create_task(self._check_again_and_again())
        try:
            await super().run()
        finally:
            tasks = [task for task in (checking, self._asking) if task is not None]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _subscribe(self, connection: AbstractConnection) -> None:
        self._sight = await self._look()  # before it is followed: what comes between is a doubt
        pattern = escaped(self._channel_start + self._prefix) + b"*"
        await ask(connection, "PSUBSCRIBE", pattern)

    async def _look(self) -> Sight:
        """Raises Refused if notifications are off, or the server does not say so."""
        replies = [unless_error(reply) for reply in await self._pipe.ask(QUESTIONS)]
        setting, calls, replication, keys = replies
        kinds = b"".join(setting[1:2]).decode().replace("A", "g$lshzxet")
        if not set(kinds) >= EVERYTHING:
            raise Refused("Keyspace notifications are off.")
        counted = {
            name.removeprefix("cmdstat_"): int(figures.partition("calls=")[2].partition(",")[0])
            for name, figures in _lines(calls).items()
        }
        if not counted:  # not even the first question
            raise Refused("The server does not count its commands.")
        data = _lines(replication).get("master_replid", "")
        return Sight(counted, data, int(keys))

    async def _check_again_and_again(self) -> None:
        try:
            while True:
                await asyncio.sleep(HEARTBEAT_SECONDS)
                before, self._sight = self._sight, await self._look()
                if before is not None and (doubt := self._sight.doubt(before)):
                    self.doubt = doubt
                    self._mailbox.put((), self._clock())  # so that it is looked at
        except StoreUnavailable as error:  # which Refused is as well
            self._mailbox.fail(error)
        except RedisError:
            self._mailbox.fail(StoreUnavailable("The Redis server was lost; its feed has ended."))

    @property
    def _channel_start(self) -> bytes:
        return b"__keyspace@%d__:" % self._db

    def _take(self, message: Any) -> None:
        if isinstance(message, list) and message[0] == b"pmessage":
            self._hold(message[2])

    def _hold(self, channel: bytes) -> None:
        """One command may be told as several, SET EX as `set` and `expire`: name its key once.

        What is told of one command comes together, so a name is let go when another one comes, or
        the answer to a question.
        """
        if channel != self._held:
            self._let_go()
            self._held = channel
            if self._asking is None or self._asking.done():
                self._asking = asyncio.create_task(self._ask_soon())

    async def _ask_soon(self) -> None:
        while self._held:
            await asyncio.sleep(HOLD_SECONDS)
            await self.caught_up()

    def _let_go(self) -> None:
        if self._held:
            self._tell([self._held.removeprefix(self._channel_start)])
            self._held = b""

    def _note_answer(self, token: bytes) -> None:
        self._let_go()
        super()._note_answer(token)


def _lines(info: bytes) -> Mapping[str, str]:
    lines = info.decode(errors="replace").splitlines()
    return dict(line.split(":", 1) for line in lines if ":" in line)
