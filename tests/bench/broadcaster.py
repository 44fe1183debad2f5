"""A server that tells one message to all its sockets, by the websockets library's own broadcast.

    broadcaster.py <message>

Prints its port; then for each line of its input it broadcasts, and prints the moment.
"""

# ruff: noqa: T201 - what it prints is its answer

import asyncio
import sys
import time

import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve


async def main(message: str) -> None:
    connections: set[ServerConnection] = set()

    async def keep(connection: ServerConnection) -> None:
        connections.add(connection)
        await connection.wait_closed()
        connections.discard(connection)

    async with serve(keep, "127.0.0.1", 0, compression=None) as server:
        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            at = time.perf_counter()
            broadcast(connections, message)
            print(at, flush=True)


uvloop.run(main(*sys.argv[1:]))
