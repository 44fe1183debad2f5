"""From a bot's write to what people who look on have: the mark, and the changed row itself."""

import asyncio
import re
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import quote

from storage_core import PluginStorage, open_storage
from tests.bench.catalog import share
from tests.bench.scale import Scale
from tests.bench.served import Client, served
from tests.bench.table import Reach, Row, at_most, printed
from tests.bench.viewers import viewers
from tests.redis_server import RedisServer
from tests.waiting import until

__all__ = ["run"]

MS: Final = 1e3
PLUGIN: Final = "acme.plugins.Live"
ADDRESS: Final = f"/prod/ns/?ns={quote(PLUGIN)}"
KEYS: Final = 50
BUSY_PAUSE: Final = 0.02
WRITTEN: Final = re.compile(r"written (\d+)")
SQLITE_MORE: Final = 50
"""Milliseconds that a store may take longer whose feed looks at the file again and again."""


class Watch:
    """When each write was made, and how long until each viewer had it or a later one."""

    def __init__(self) -> None:
        self.written: list[float] = []
        self.marked: list[float] = []
        self.shown: list[float] = []
        self.last: dict[int, int] = {}

    def seen(self, viewer: int, part: str, at: float) -> None:
        """What a viewer got: a mark, or rows in which the number of the last write stands."""
        if not part:
            if self.written:
                self.marked.append(at - self.written[-1])
            return
        found = WRITTEN.search(part)
        number = int(found[1]) if found else -1
        if number < len(self.written):  # else it is what an earlier watch has written
            new = self.written[self.last.get(viewer, -1) + 1 : number + 1]
            self.shown += [at - written for written in new]
            self.last[viewer] = max(number, self.last.get(viewer, -1))

    def has_everybody(self, count: int) -> bool:
        """Whether so many viewers have what was written last."""
        return list(self.last.values()).count(len(self.written) - 1) == count

    async def write(self, storage: PluginStorage) -> None:
        number = len(self.written)
        self.written.append(time.perf_counter())
        await storage.set("a counter", f"written {number}")


def run(scale: Scale) -> None:
    """Print the table."""
    with stores() as urls, served(**urls) as client:
        found: list[Row] = []
        for kind, url in urls.items():
            found += asyncio.run(rows_of(kind, url, client, scale))
        printed("live: from a bot's write to an open page, milliseconds", found)


@contextmanager
def stores() -> Iterator[dict[str, str]]:
    """A Redis and a file, with a page full of keys each."""
    with tempfile.TemporaryDirectory() as directory:
        server = RedisServer(Path(directory))
        server.start()
        try:
            urls = {"redis": server.url, "sqlite": f"sqlite:///{directory}/bot.db?create=1"}
            for url in urls.values():
                asyncio.run(prepare(url))
            yield urls
        finally:
            server.kill()


@asynccontextmanager
async def plugin(url: str) -> AsyncIterator[PluginStorage]:
    async with open_storage(url) as backend:
        yield PluginStorage(PLUGIN, backend)


async def prepare(url: str) -> None:
    async with plugin(url) as storage:
        for number in range(KEYS):
            await storage.set(f"key {number}", {"number": number})


async def rows_of(kind: str, url: str, client: Client, scale: Scale) -> list[Row]:
    """A quiet and a busy page, with few and with many who look on."""
    more = SQLITE_MORE if kind == "sqlite" else 0
    rounds = max(3, scale.rounds // 10)
    address = ADDRESS.replace("prod", kind, 1)
    found: list[Row] = []
    for count in scale.viewers:
        watch = Watch()
        async with plugin(url) as storage, viewers(client, address, count, watch.seen):
            for _ in range(rounds):
                await asyncio.sleep(scale.pause)
                await watch.write(storage)
                await until(partial(watch.has_everybody, count))
        name = f"{kind}, quiet page, {count} looking on"
        found += figures(f"{name}: mark", watch.marked, (at_most(40 + more), None))
        aims = (at_most(40 + more), None) if count == 1 else (None, at_most(400 + more))
        found += figures(f"{name}: row", watch.shown, aims)
        busy = Watch()
        async with plugin(url) as storage, viewers(client, address, count, busy.seen):
            ends = time.perf_counter() + scale.seconds
            while time.perf_counter() < ends:
                await busy.write(storage)
                await asyncio.sleep(BUSY_PAUSE)
            await until(partial(busy.has_everybody, count))
        name = f"{kind}, 50 writes a second, {count} looking on"
        found += figures(f"{name}: row", busy.shown, (None, at_most(400 + more)))
    return found


def figures(
    name: str, delays: Sequence[float], aims: tuple[Reach | None, Reach | None]
) -> list[Row]:
    """The median and the tail of some delays in seconds."""
    assert delays, f"{name}: nothing was seen."
    return [
        Row(f"{name}, p50", None, statistics.median(delays) * MS, aims[0], "ms"),
        Row(f"{name}, p95", None, share(list(delays), 0.95) * MS, aims[1], "ms"),
    ]
