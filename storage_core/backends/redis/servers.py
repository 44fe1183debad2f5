"""Which server holds a key, and connections to it: one server, Sentinel, or a Cluster.

redis-py makes the connections (TLS, sign-in, Sentinel, the Cluster's map). It never retries for
us: its retries have counted a write twice, and reported a save of ours as somebody else's.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import redis.asyncio as aioredis
from redis.asyncio.cluster import RedisCluster
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel, SentinelConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import RedisClusterException, RedisError

from storage_core.backends.redis.pipe import CONNECT_SECONDS, Pipe, unavailable
from storage_core.backends.redis.wire import ANSWER_SECONDS
from storage_core.exceptions import InvalidStoreURL, StoreUnavailable

__all__ = ["Servers", "servers_at"]

CAREFUL: Final[Mapping[str, Any]] = {
    "retry": Retry(NoBackoff(), 0),
    "retry_on_error": [],
    "socket_connect_timeout": CONNECT_SECONDS,
    "health_check_interval": 0,
    "protocol": 2,
    "decode_responses": False,
}


class Servers(Protocol):
    """Where the keys are. Opened before it is asked for a pipe."""

    db: int

    async def open(self) -> None:
        """Raises StoreUnavailable if no server can be reached."""

    async def close(self) -> None: ...

    def pipe_for(self, key: bytes) -> Pipe:
        """The pipe to the server that holds `key` (prefix included)."""

    def pipes(self) -> Sequence[Pipe]:
        """One pipe for each primary."""

    async def refresh(self) -> None:
        """A server said that a key has moved: ask where everything is now."""


def servers_at(url: str) -> Servers:
    """The servers that a Redis URL names.

    Raises InvalidStoreURL, without repeating the URL.
    """
    scheme = url.partition(":")[0]
    try:
        parts = urlsplit(url)
        if scheme == "redis+cluster":
            return Cluster(parts._replace(scheme="redis").geturl())
        if scheme == "redis+sentinel":
            return _by_sentinel(parts)
        if scheme in ("redis", "rediss"):
            _check_database(parts)
        # Without a timeout for each read: a whole round trip has one, and a feed waits for long.
        pool = aioredis.ConnectionPool.from_url(url, socket_timeout=None, **CAREFUL)
    except (ValueError, TypeError) as error:
        if isinstance(error, InvalidStoreURL):
            raise
        raise InvalidStoreURL("The Redis URL cannot be read: see redis://host:6379/0.") from None
    return OneServer(pool)


class OneServer:
    """A single server, or the one that Sentinel says is the primary now."""

    def __init__(
        self, pool: aioredis.ConnectionPool, sentinels: Sequence[aioredis.Redis] = ()
    ) -> None:
        self._pool = pool
        self._sentinels = sentinels
        self._pipe: Pipe | None = None
        self.db = int(pool.connection_kwargs.get("db") or 0)

    async def open(self) -> None:
        if self._pipe is None:
            pipe = Pipe(self._pool.make_connection)
            try:
                reply = await pipe.ask_one(("PING",))
            except BaseException:
                await self._let_go(pipe)
                raise
            if isinstance(reply, Exception):
                await self._let_go(pipe)
                raise unavailable(reply)
            self._pipe = pipe

    async def close(self) -> None:
        if self._pipe is not None:
            pipe, self._pipe = self._pipe, None
            await self._let_go(pipe)

    async def _let_go(self, pipe: Pipe) -> None:
        await pipe.close()
        for sentinel in self._sentinels:
            await sentinel.aclose()

    def pipe_for(self, key: bytes) -> Pipe:
        del key
        if self._pipe is None:
            raise StoreUnavailable("The Redis store has not been opened, or was closed.")
        return self._pipe

    def pipes(self) -> Sequence[Pipe]:
        return [self.pipe_for(b"")]

    async def refresh(self) -> None:
        """Nothing moves on a single server."""


class Cluster:
    """All primaries of a Redis Cluster."""

    db = 0

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: RedisCluster | None = None
        self._pipes: dict[str, Pipe] = {}
        self._refreshing = asyncio.Lock()

    async def open(self) -> None:
        if self._client is None:
            self._client = await self._connected()

    async def close(self) -> None:
        client, self._client = self._client, None
        pipes, self._pipes = self._pipes, {}
        for pipe in pipes.values():
            await pipe.close()
        if client is not None:
            await client.aclose()

    def pipe_for(self, key: bytes) -> Pipe:
        node = self._open_client.get_node_from_key(key.decode("latin-1"))
        return self._pipe_to(node)

    def pipes(self) -> Sequence[Pipe]:
        return [self._pipe_to(node) for node in self._open_client.get_primaries()]

    async def refresh(self) -> None:
        before = self._client
        async with self._refreshing:
            if self._client is before and before is not None:
                self._client = await self._connected()
                await before.aclose()

    async def _connected(self) -> RedisCluster:
        settings = {**CAREFUL, "retry_on_error": None}
        client: RedisCluster | None = None
        try:
            client = RedisCluster.from_url(self._url, socket_timeout=ANSWER_SECONDS, **settings)
            await client.initialize()
        except (RedisError, RedisClusterException, OSError) as error:
            if client is not None:
                await client.aclose()
            raise unavailable(error) from None
        return client

    def _pipe_to(self, node: Any) -> Pipe:
        if node.name not in self._pipes:
            kwargs = {**node.connection_kwargs, "socket_timeout": None}
            self._pipes[node.name] = Pipe(lambda: node.connection_class(**kwargs))
        return self._pipes[node.name]

    @property
    def _open_client(self) -> RedisCluster:
        if self._client is None:
            raise StoreUnavailable("The Redis store has not been opened, or was closed.")
        return self._client


def _check_database(parts: SplitResult) -> None:
    path = parts.path.strip("/")
    if path and not (path.isascii() and path.isdecimal()):
        raise InvalidStoreURL("A Redis database is a number, as in redis://host/0.")


def _by_sentinel(parts: SplitResult) -> OneServer:
    """From `redis+sentinel://user:password@host:26379,host2:26379/service/0`.

    User and password are those of the Redis servers; `sentinel_password` in the query is that of
    the Sentinels.
    """
    sign_in, _, hosts = parts.netloc.rpartition("@")
    username, _, password = sign_in.partition(":")
    service, _, db = parts.path.strip("/").partition("/")
    if not service or (db and not db.isdecimal()):
        raise InvalidStoreURL("A Sentinel URL is redis+sentinel://host:26379/service/0.")
    query = dict(parse_qsl(parts.query))
    sentinel_password = query.pop("sentinel_password", None)
    sentinel = Sentinel(  # type: ignore[no-untyped-call] # redis-py's
        [_address(host) for host in hosts.split(",")],
        sentinel_kwargs={
            "password": sentinel_password,
            "socket_timeout": ANSWER_SECONDS,
            **CAREFUL,
        },
    )
    pool = SentinelConnectionPool(  # type: ignore[no-untyped-call] # redis-py's
        service,
        sentinel,
        db=int(db or 0),
        username=unquote(username) or None,
        password=unquote(password) or None,
        socket_timeout=None,
        **CAREFUL,
    )
    return OneServer(pool, sentinel.sentinels)


def _address(host: str) -> tuple[str, int]:
    parts = urlsplit(f"//{host}")
    return parts.hostname or "localhost", parts.port or 26379
