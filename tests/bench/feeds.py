"""How long after a write of another process the feed names it."""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from typing import Final

from storage_core import BrowsableStorage, open_storage
from storage_core.changes import Gap
from tests.bench.table import Row, printed
from tests.redis_server import RedisServer

__all__ = ["run"]

WRITES: Final = 200
BURST: Final = 20_000
PAUSE_SECONDS: Final = 0.013
"""Between two writes, so that they meet the poll at any moment of its round."""


def run() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as directory:
        server = RedisServer(Path(directory))
        server.start()
        try:
            rows = asyncio.run(_measured(directory, server.url))
        finally:
            server.kill()
    printed("feeds: milliseconds from a write to its name (peer: the budget)", rows)


async def _measured(directory: str, redis_url: str) -> list[Row]:
    rows = []
    path = f"{directory}/state.db"
    for name, url, budget in (
        ("redis", redis_url, 1.0),
        ("sqlite", f"sqlite://{path}?create=1", 26.0),
    ):
        async with open_storage(url) as store, open_storage(url) as writer:
            assert isinstance(store, BrowsableStorage)
            assert isinstance(writer, BrowsableStorage)
            delays = await _delays(store, writer)
            rows.append(Row(f"{name}: p50", budget, statistics.median(delays) * 1e3, None))
            rows.append(Row(f"{name}: p95", None, sorted(delays)[int(WRITES * 0.95)] * 1e3, None))
            rows.append(
                Row(
                    f"{name}: {BURST:,} writes in a burst, the last one",
                    None,
                    await _lag(store, writer) * 1e3,
                    None,
                )
            )
    return rows


async def _delays(store: BrowsableStorage, writer: BrowsableStorage) -> list[float]:
    feed = store.changes()
    assert isinstance(await anext(feed), Gap)
    delays = []
    for number in range(WRITES):
        await asyncio.sleep(PAUSE_SECONDS)
        key = f"acme.plugins.Karma:{number}"
        await writer.set(key, b"x" * 200)
        written = time.perf_counter()
        while True:
            news = await anext(feed)
            if not isinstance(news, Gap) and any(change.key == key for change in news):
                break
        delays.append(time.perf_counter() - written)
    await feed.aclose()  # type: ignore[attr-defined] # it is a generator
    return delays


async def _lag(store: BrowsableStorage, writer: BrowsableStorage) -> float:
    """Seconds from the end of a burst until its last key is named."""
    feed = store.changes()
    await anext(feed)
    names: set[str] = set()

    async def follow() -> None:
        async for news in feed:
            if not isinstance(news, Gap):
                names.update(change.key for change in news)
            if "last" in names:
                return

    following = asyncio.ensure_future(follow())
    for start in range(0, BURST, 500):
        await asyncio.gather(*(writer.set(f"burst {n}", b"x") for n in range(start, start + 500)))
    await writer.set("last", b"x")
    written = time.perf_counter()
    await following
    await feed.aclose()  # type: ignore[attr-defined] # it is a generator
    return time.perf_counter() - written
