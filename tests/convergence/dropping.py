"""A way to the dashboard that breaks now and then, with every connection that goes over it."""

import asyncio
from contextlib import suppress

__all__ = ["Dropping"]


class Dropping:
    """Passes bytes on between whoever connects to its `port` and `target`, until `drop`."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.dropped = 0
        self.server: asyncio.Server | None = None
        self.tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        assert self.server
        self.server.close()
        self.drop()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def drop(self) -> None:
        """Break every connection there is."""
        for task in self.tasks:
            task.cancel()
        self.dropped += len(self.tasks)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self.tasks.add(task)
        theirs: asyncio.StreamWriter | None = None
        try:
            answers, theirs = await asyncio.open_connection("127.0.0.1", self.target)
            async with asyncio.TaskGroup() as both:
                both.create_task(passed_on(reader, theirs))
                both.create_task(passed_on(answers, writer))
        except (asyncio.CancelledError, OSError, ExceptionGroup):
            pass  # either end is gone, or this was dropped
        finally:
            self.tasks.discard(task)
            for end in filter(None, (writer, theirs)):
                with suppress(RuntimeError):
                    end.transport.abort()


async def passed_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    raise ConnectionResetError("One end has closed.")
