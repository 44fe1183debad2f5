"""A bot that writes 50,000 times a second: what becomes of the feed, the memory and the pages."""

import asyncio
import statistics
import time
from typing import Final

from storage_core import PluginStorage
from tests.bench.catalog import ROOT, filled, script
from tests.bench.live import ADDRESS, Watch, plugin, prepare
from tests.bench.pages import LIST
from tests.bench.scale import Scale
from tests.bench.served import Client, served
from tests.bench.table import Row, at_most, at_most_times, printed
from tests.bench.viewers import viewers
from tests.redis_server import RedisServer

__all__ = ["run"]

MS: Final = 1e3
MB: Final = 1e6
MOST_KEYS: Final = 100_000
PROBE_PAUSE: Final = 0.4
"""Seconds between two writes of another plugin, by which the lag of the feed is told."""
PAGE_PAUSE: Final = 0.05
SETTLING: Final = 1.0


def run(scale: Scale) -> None:
    """Print the table."""
    keys = min(MOST_KEYS, max(scale.sizes))
    with filled(keys) as server, filled(0) as other:
        asyncio.run(prepare(server.url))
        with served(prod=server.url) as client:
            found = asyncio.run(rows(server, other, client, scale))
    printed(f"burst: {scale.rate:,} writes a second into {keys:,} keys", found)


async def rows(server: RedisServer, other: RedisServer, client: Client, scale: Scale) -> list[Row]:
    """The same pages without and with the burst, and another plugin's writes during it.

    A burst takes most of a small machine by itself, so there is another one which the dashboard
    does not look at: into a server that is not its store.
    """
    reader = client.another()
    quiet = await asyncio.to_thread(pages, reader, scale.seconds)
    _, beside = await asyncio.gather(
        burst(other, scale), asyncio.to_thread(pages, reader, scale.seconds)
    )
    before = client.process(again=True)
    watch = Watch()
    async with plugin(server.url) as storage, viewers(client, ADDRESS, 1, watch.seen):
        rate, busy, _ = await asyncio.gather(
            burst(server, scale),
            asyncio.to_thread(pages, reader, scale.seconds),
            probe(storage, watch, scale.seconds),
        )
        await watch.write(storage)
        await asyncio.sleep(SETTLING)
    after = client.process()
    return [
        Row("writes a second that the bot made", None, rate, None),
        Row(
            "mark of another plugin's write meanwhile, p50",
            None,
            statistics.median(watch.marked) * MS,
            at_most(400),
            "ms",
        ),
        Row("the longest of them", None, max(watch.marked) * MS, None, "ms"),
        Row("the one after the last write", None, watch.marked[-1] * MS, at_most(400), "ms"),
        Row("a page meanwhile, p50", quiet * MS, busy * MS, at_most_times(2), "ms"),
        Row(
            "against that while an unwatched store gets the burst",
            beside * MS,
            busy * MS,
            None,
            "ms",
        ),
        Row(
            "memory after it",
            before["resident"] / MB,
            after["resident"] / MB,
            at_most_times(1.2),
            "MB",
        ),
        Row("event loop held meanwhile", None, after["wall"] * MS, at_most(30), "ms"),
        Row("of that computing", None, after["busy"] * MS, None, "ms"),
    ]


def pages(reader: Client, seconds: float) -> float:
    """The median time of pages that somebody asks for meanwhile."""
    until = time.perf_counter() + seconds
    took = []
    while time.perf_counter() < until:
        took.append(reader.get(LIST).seconds)
        time.sleep(PAGE_PAUSE)
    return statistics.median(took)


async def probe(storage: PluginStorage, watch: Watch, seconds: float) -> None:
    """Write now and then where it is quiet."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        await watch.write(storage)
        await asyncio.sleep(PROBE_PAUSE)


async def burst(server: RedisServer, scale: Scale) -> float:
    """The bot in its own process; gives the writes a second that it came to."""
    process = await asyncio.create_subprocess_exec(
        *script("burster", server.port, scale.rate, scale.seconds),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await process.communicate()
    return float(told)
