"""People who have a page open: a socket that is told what is stale, and a fetch of that part."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from websockets.asyncio.client import ClientConnection, connect

from tests.bench.served import Client

__all__ = ["Viewer", "viewers"]

PACE: Final = 0.3
"""Seconds between two fetches of one part, as in the pages' own script."""
TOPICS: Final = re.compile(r'<div id="rows"[^>]* data-topic="([^"]*)"')

Seen = Callable[[int, str, float], None]
"""Is told which viewer has just got what (the part, empty for a bare mark), and when."""


class Viewer:
    """One open page. It fetches its rows when they are stale, as the pages' script does."""

    def __init__(
        self, number: int, client: Client, address: str, topics: list[str], seen: Seen
    ) -> None:
        self.number = number
        self.client = client
        self.address = address
        self.topics = topics
        self.seen = seen
        self.rested_at = 0.0
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def watch(self, is_ready: asyncio.Event) -> None:
        """Follow until it is cancelled."""
        host = self.client.host
        headers = {"Cookie": self.client.cookie, "Origin": f"http://{host}"}
        async with connect(f"ws://{host}/live/", additional_headers=headers) as socket:
            await socket.recv()
            await socket.send(json.dumps({"watch": self.topics}))
            is_ready.set()
            try:
                await self.follow(socket)
            finally:
                if self.streams:
                    self.streams[1].close()

    async def follow(self, socket: ClientConnection) -> None:
        async for _ in socket:
            self.seen(self.number, "", time.perf_counter())
            await asyncio.sleep(max(self.rested_at - time.perf_counter(), 0))
            self.rested_at = time.perf_counter() + PACE
            try:
                part = await self.fetch()
            except (asyncio.IncompleteReadError, ConnectionError):
                # Servers close connections that were at rest for long; browsers ask again.
                self.streams = None
                part = await self.fetch()
            self.seen(self.number, part, time.perf_counter())

    async def fetch(self) -> str:
        """The part, over the connection that is kept."""
        if self.streams is None:
            self.streams = await asyncio.open_connection(*self.client.host.split(":"))
        reader, writer = self.streams
        writer.write(self.request())
        return await body_of(reader)

    def request(self) -> bytes:
        lines = (
            f"GET {self.address} HTTP/1.1",
            f"Host: {self.client.host}",
            f"Cookie: {self.client.cookie}",
            "HX-Request: true",
            "HX-Target: rows",
        )
        return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


async def body_of(reader: asyncio.StreamReader) -> str:
    """The body of the next answer on a connection that is kept."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    assert " 200 " in head.partition("\r\n")[0], head
    length = re.search(r"content-length: (\d+)", head)
    assert length, head
    return (await reader.readexactly(int(length[1]))).decode()


@asynccontextmanager
async def viewers(client: Client, address: str, count: int, seen: Seen) -> AsyncIterator[None]:
    """So many people who have the same list open."""
    found = TOPICS.search(client.get(address).text)
    assert found, f"There are no rows at {address}."
    tasks = []
    for number in range(count):
        viewer, is_ready = Viewer(number, client, address, found[1].split(), seen), asyncio.Event()
        tasks.append(asyncio.create_task(viewer.watch(is_ready)))
        await asyncio.wait(
            {tasks[-1], asyncio.create_task(is_ready.wait())}, return_when="FIRST_COMPLETED"
        )
        assert not tasks[-1].done(), tasks[-1].exception()
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
