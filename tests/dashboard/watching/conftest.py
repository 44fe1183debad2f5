"""A store that is watched, and a bot in a process of its own."""

import asyncio
import sys
from contextlib import asynccontextmanager, suppress

import pytest

from dashboard.catalog import Catalog
from dashboard.marks import Hub
from dashboard.stores import Store, StoreConfig
from dashboard.watching import Watcher
from tests.redis_server import RedisServer
from tests.waiting import until

BOT = "tests.dashboard.watching.bot"


class Ear:
    """A subscriber that remembers what it was told."""

    def __init__(self):
        self.heard = []

    def mark(self, topic):
        self.heard.append(topic)


@pytest.fixture
def ear():
    return Ear()


@pytest.fixture
async def watch():
    """Watch the store at a URL; gives the watcher once its catalog is ready."""
    tasks = []

    async def watch(url, *, until_ready=True):
        store = Store(StoreConfig.parse("test", url))
        watcher = Watcher(store, Catalog(), Hub())
        tasks.append((asyncio.create_task(watcher.run()), store))
        if until_ready:
            await until(lambda: watcher.catalog.progress.state in ("ready", "unlisted"))
        return watcher

    yield watch
    for task, store in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await store.close()


@pytest.fixture
def own_redis(tmp_path):
    """A server that this test may kill and pause."""
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture(params=["sqlite", "redis"])
def store_url(request, tmp_path):
    """A store that bots in other processes can write to."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'bot.db'}?create=1"
    return request.getfixturevalue("redis_url")


@asynccontextmanager
async def bot(url, *words):
    """A process that writes to the store as `words` say."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", BOT, url, *words)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def run_bot(url, *words):
    """Let a bot write to the end."""
    async with bot(url, *words) as process:
        assert await process.wait() == 0


async def picture_of(backend):
    """What a store holds: size and expiry by key."""
    picture = {}
    async for entries in backend.scan():
        keys = [entry.key for entry in entries]
        for entry in await backend.describe(keys):
            if entry is not None:
                picture[entry.key] = entry.size, entry.expires_at or 0.0
    return picture


def picture_in(catalog):
    """What a catalog says that a store holds."""
    return {
        row.stored_key: (row.size, row.expires_at or 0.0)
        for namespace in catalog.index.sections
        for row in catalog.page(namespace, limit=1_000_000).rows
    }


async def is_true(watcher):
    """Whether the catalog equals the store."""
    shown, held = picture_in(watcher.catalog), await picture_of(watcher.store.browsable)
    # Redis tells the time left, so the same moment comes out apart by how long an answer took.
    return shown.keys() == held.keys() and all(
        shown[key][0] == held[key][0] and abs(shown[key][1] - held[key][1]) < 1.0 for key in held
    )
