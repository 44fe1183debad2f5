"""The Redis backend: one pipe for all tasks, and scripts where a change must be atomic."""

import asyncio
import time
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Callable,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import aclosing
from typing import Any, Final

from redis.exceptions import MovedError, ResponseError

from storage_core.abc import BrowsableStorage
from storage_core.backends.redis.feed import Feed
from storage_core.backends.redis.listing import described, fetched, scanned
from storage_core.backends.redis.pipe import AnswerLost, Command, Pipe, unless_error
from storage_core.backends.redis.servers import Servers, servers_at
from storage_core.changes import Change, Gap
from storage_core.entries import (
    KEEP,
    NEVER,
    NO_SIZE,
    Columns,
    EntryInfo,
    Expiry,
    Outcome,
    StoredValue,
)
from storage_core.exceptions import InvalidStoreURL
from storage_core.expiry import lifetime
from storage_core.keys import key_from_bytes, key_to_bytes
from storage_core.polling import PolledFeed, fingerprint

__all__ = ["RedisStorage"]

COMPARE_AND_SET: Final = """
local kind = redis.call('TYPE', KEYS[1])['ok']
if kind ~= 'none' and kind ~= 'string' then return 'changed' end
local current = redis.call('GET', KEYS[1])
local expected = ARGV[1] == '1' and ARGV[2]
local new = ARGV[3] == '1' and ARGV[4]
local expiry = ARGV[5]
if not current and expected then return 'gone' end
if current ~= expected and current ~= new then return 'changed' end
if not new then
  if current then redis.call('DEL', KEYS[1]) end
elseif current == new then
  if expiry == 'never' then redis.call('PERSIST', KEYS[1])
  elseif expiry ~= 'keep' then redis.call('PEXPIRE', KEYS[1], expiry) end
elseif expiry == 'keep' and current then redis.call('SET', KEYS[1], new, 'XX', 'KEEPTTL')
elseif expiry == 'keep' or expiry == 'never' then redis.call('SET', KEYS[1], new)
else redis.call('SET', KEYS[1], new, 'PX', expiry) end
return 'saved'
"""
"""In Lua, an absent key is false, so `current ~= expected` also compares absences."""

SIZES: Final = {"hash": "HLEN", "list": "LLEN", "set": "SCARD", "zset": "ZCARD", "stream": "XLEN"}
NO_KEY: Final = -2
MOST_TOGETHER: Final = 500
Packed = Callable[[Sequence[bytes]], bytes]
"""The commands about some names, as Redis reads them."""


class RedisStorage(BrowsableStorage):
    """Entries as Redis strings, in Slack Machine's own format.

    Settings, as in Slack Machine: `REDIS_URL`, `REDIS_KEY_PREFIX` (`SM`). The stored key comes
    after the prefix and a colon. Beyond Slack Machine's, the URL may have a user, `rediss://`,
    `unix://`, `redis+sentinel://` or `redis+cluster://`.
    """

    feed = "by Redis client tracking"

    def __init__(
        self, settings: Mapping[str, Any], *, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(settings)
        url = settings.get("REDIS_URL")
        if not url:
            raise InvalidStoreURL("The setting REDIS_URL says where the Redis server is.")
        self._servers: Servers = servers_at(str(url))
        self._prefix = key_to_bytes(str(settings.get("REDIS_KEY_PREFIX", "SM"))) + b":"
        self._clock = clock
        self._polled: set[PolledFeed] = set()
        self._feeds: set[Feed] = set()

    async def init(self) -> None:
        await self._servers.open()

    async def close(self) -> None:
        await self._servers.close()

    async def get(self, key: str) -> bytes | None:
        name = self._prefix + key_to_bytes(key)
        reply = await self._servers.pipe_for(name).ask_one(("GET", name))
        if isinstance(reply, Exception):
            reply = await self._settled(reply, name, ("GET", name))
        return reply  # type: ignore[no-any-return] # bytes or None

    async def set(self, key: str, value: bytes, expires: float | None = None) -> None:
        name = self._prefix + key_to_bytes(key)
        command: Command = ("SET", name, bytes(value))
        if expires is not None and (seconds := lifetime(expires)) is not None:
            command = (*command, "PX", _milliseconds(seconds))
        reply = await self._servers.pipe_for(name).ask_one(command, is_write=True)
        if isinstance(reply, Exception):
            await self._settled(reply, name, command, is_write=True)

    async def delete(self, key: str) -> None:
        name = self._name(key)
        await self._ask(name, ("DEL", name), is_write=True)

    async def has(self, key: str) -> bool:
        name = self._name(key)
        return bool(await self._ask(name, ("EXISTS", name)))

    async def size(self) -> int:
        total = 0
        for pipe in self._servers.pipes():
            reply = await pipe.ask_one(("INFO", "memory"))
            total += int(_info(unless_error(reply))["used_memory"])
        return total

    async def scan(self, *, batch: int = 1000) -> AsyncIterator[Sequence[EntryInfo]]:
        async with aclosing(self.scan_columns(batch=batch)) as pages:
            async for page in pages:
                yield [EntryInfo(key_from_bytes(key)) for key in page.stored_keys]

    async def scan_columns(self, *, batch: int = 1000) -> AsyncGenerator[Columns, None]:
        for pipe in self._servers.pipes():
            async with aclosing(scanned(pipe, self._prefix, batch)) as pages:
                async for names in pages:
                    yield Columns(names, prefix=self._prefix)

    async def most_keys(self) -> int | None:
        replies = [await pipe.ask_one(("DBSIZE",)) for pipe in self._servers.pipes()]
        counts = [reply for reply in replies if isinstance(reply, int)]  # it may not be allowed
        return sum(counts) if len(counts) == len(replies) else None

    async def describe(self, keys: Sequence[str]) -> Sequence[EntryInfo | None]:
        replies = await self._ask_each(keys, described, 2)
        return [
            await self._described(key, length, milliseconds)
            for key, (length, milliseconds) in zip(keys, replies, strict=True)
        ]

    async def describe_columns(self, keys: Sequence[bytes]) -> Columns:
        sizes, expires_at = [NO_SIZE] * len(keys), [NEVER] * len(keys)
        names = [self._prefix + key for key in keys]
        odd: list[int] = []
        for part, question in self._asked(names, described, 2):
            replies = await question
            now = self._clock()
            for row, size, left in zip(part, replies[0::2], replies[1::2], strict=True):
                if size.__class__ is not int or left.__class__ is not int:
                    odd.append(row)
                elif left != NO_KEY:
                    sizes[row] = size
                    expires_at[row] = NEVER if left < 0 else now + left / 1000
        found = await self.describe([key_from_bytes(keys[row]) for row in odd]) if odd else ()
        for row, entry in zip(odd, found, strict=True):
            if entry is not None:
                sizes[row] = entry.size or 0
                expires_at[row] = NEVER if entry.expires_at is None else entry.expires_at
        return Columns(keys, sizes, expires_at)

    async def fetch(self, keys: Sequence[str]) -> Sequence[StoredValue | None]:
        replies = await self._ask_each(keys, fetched, 4)
        values = [
            await self._fetched(key, *unless_error(reply[-1]))
            for key, reply in zip(keys, replies, strict=True)
        ]
        for polled in self._polled:
            for value in values:
                if value is not None:
                    polled.served(value.key, _fingerprint(value))
        return values

    async def compare_and_set(
        self, key: str, expected: bytes | None, new: bytes | None, *, expires: Expiry = KEEP
    ) -> Outcome:
        name = self._name(key)
        given = (expected is not None, expected or b"", new is not None, new or b"")
        arguments = [int(each) if isinstance(each, bool) else each for each in given]
        try:
            reply = await self._ask(
                name,
                ("EVAL", COMPARE_AND_SET, 1, name, *arguments, _expiry_word(expires)),
                is_write=True,
            )
        except AnswerLost:
            return Outcome.UNKNOWN
        return Outcome(reply.decode())

    async def changes(self) -> AsyncIterator[Sequence[Change] | Gap]:
        polled = PolledFeed(self._fingerprints, self._clock)
        self._polled.add(polled)
        feed = Feed(self._servers, self._prefix, self._clock, polled, self._say_feed)
        self._feeds.add(feed)
        try:
            async with aclosing(feed.changes()) as changes:
                async for news in changes:
                    yield news
        finally:
            self._polled.discard(polled)
            self._feeds.discard(feed)

    async def caught_up(self) -> None:
        await asyncio.gather(*(feed.caught_up() for feed in self._feeds))

    def _say_feed(self, words: str) -> None:
        self.feed = words

    async def _fingerprints(self) -> AsyncGenerator[Mapping[str, bytes], None]:
        async for page in self.scan(batch=MOST_TOGETHER):
            values = await self.fetch([entry.key for entry in page])
            yield {value.key: _fingerprint(value) for value in values if value is not None}

    def _name(self, key: str) -> bytes:
        """The key's name in Redis."""
        return self._prefix + key_to_bytes(key)

    async def _ask(self, name: bytes, command: Command, *, is_write: bool = False) -> Any:
        reply = await self._servers.pipe_for(name).ask_one(command, is_write=is_write)
        return await self._settled(reply, name, command, is_write=is_write)

    async def _settled(
        self, reply: Any, name: bytes, command: Command, *, is_write: bool = False
    ) -> Any:
        """The reply, after asking once more where the key has moved to. Raises its error."""
        if isinstance(reply, MovedError):  # it was not done there, so it may be asked elsewhere
            await self._servers.refresh()
            reply = await self._servers.pipe_for(name).ask_one(command, is_write=is_write)
        return unless_error(reply)

    async def _ask_each(
        self, keys: Sequence[str], packed: Packed, count: int
    ) -> Sequence[Sequence[Any]]:
        """The `count` replies about each key, some hundred keys in a round trip."""
        replies: list[Sequence[Any]] = []
        for start in range(0, len(keys), MOST_TOGETHER):
            names = [self._name(key) for key in keys[start : start + MOST_TOGETHER]]
            found: list[Sequence[Any]] = [()] * len(names)
            for part, question in self._asked(names, packed, count):
                answers = await question
                for place, row in enumerate(part):
                    found[row] = answers[place * count : (place + 1) * count]
            replies += found
        return replies

    def _asked(
        self, names: Sequence[bytes], packed: Packed, count: int
    ) -> list[tuple[Sequence[int], asyncio.Future[list[Any]]]]:
        """Names by number, that were asked about together, with their future replies: `count` for
        each name.
        """
        questions = []
        for pipe, rows in self._by_pipe(names):
            for start in range(0, len(rows), MOST_TOGETHER):
                part = rows[start : start + MOST_TOGETHER]
                commands = packed([names[row] for row in part])
                questions.append((part, pipe.ask_packed(commands, count * len(part))))
        return questions

    def _by_pipe(self, names: Sequence[bytes]) -> Iterable[tuple[Pipe, Sequence[int]]]:
        """Which of the names, by number, to ask for where."""
        pipes = self._servers.pipes()
        if len(pipes) == 1:
            return [(pipes[0], range(len(names)))]
        rows: dict[Pipe, list[int]] = {}
        for row, name in enumerate(names):
            rows.setdefault(self._servers.pipe_for(name), []).append(row)
        return rows.items()

    async def _described(self, key: str, length: Any, milliseconds: Any) -> EntryInfo | None:
        if isinstance(length, ResponseError) and "WRONGTYPE" in str(length):
            return EntryInfo(key, 0, self._moment(milliseconds), await self._note(key))
        if unless_error(milliseconds) == NO_KEY:
            return None
        return EntryInfo(key, unless_error(length), self._moment(milliseconds))

    async def _fetched(self, key: str, data: Any, milliseconds: Any) -> StoredValue | None:
        if isinstance(data, ResponseError) and "WRONGTYPE" in str(data):
            return StoredValue(key, b"", self._moment(milliseconds), await self._note(key))
        if unless_error(data) is None:
            return None
        return StoredValue(key, data, self._moment(milliseconds))

    async def _note(self, key: str) -> str:
        """What a key that holds no string holds instead."""
        name = self._name(key)
        kind = (await self._ask(name, ("TYPE", name))).decode()
        count = await self._ask(name, (SIZES[kind], name)) if kind in SIZES else "unknown"
        return f"This is a Redis {kind} of length {count}, not a value that a bot stored."

    def _moment(self, milliseconds: Any) -> float | None:
        left = unless_error(milliseconds)
        return self._clock() + left / 1000 if left >= 0 else None


def _fingerprint(value: StoredValue) -> bytes:
    """Of bytes and whole minutes of expiry: what is left is measured anew each time."""
    minutes = value.expires_at and round(value.expires_at / 60)
    return fingerprint(value.data, minutes)


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))


def _expiry_word(expires: Expiry) -> str | int:
    if expires is KEEP:
        return "keep"
    seconds = lifetime(expires)
    return "never" if seconds is None else _milliseconds(seconds)


def _info(text: bytes) -> Mapping[str, str]:
    lines = text.decode().splitlines()
    return dict(line.split(":", 1) for line in lines if ":" in line and not line.startswith("#"))
