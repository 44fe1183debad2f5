"""Reading values without holding the event loop.

The work itself is `storage_core.values.requests`. A small value is answered in place; a large one
by a worker process, since pure Python holds the interpreter. Workers get bytes and give JSON over
a pipe, so no pickle passes between processes, and one that overruns is killed and replaced.
"""

import asyncio
import json
import logging
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from storage_core.exceptions import RefusedEdit, UnreadableValue
from storage_core.values import requests

__all__ = ["Answer", "ask", "check_write", "outline", "preview", "previews", "run"]

log = logging.getLogger(__name__)

INLINE_LIMIT: Final = 64 * 1024
"""Bytes; reading more takes long enough to be felt by others."""
WORKERS: Final = 2
PATIENCE: Final = 8.0
"""Seconds until a worker is killed; it gives up by itself after five seconds of work."""
TOO_LONG: Final = (
    "Reading this value takes too long, or too much memory."
    " Its bytes can be downloaded as they are."
)


class Answer(NamedTuple):
    """What `storage_core.values.requests` answers: JSON, and bytes that belong to it."""

    result: Any
    blobs: list[bytes]


class Worker:
    """One process that reads values: started when it is needed, replaced when it overruns."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    async def ask(self, name: str, blobs: Sequence[bytes], fields: dict[str, Any]) -> Answer:
        """The worker's answer. Raises as the reader does, and UnreadableValue if it overruns."""
        is_answered = False
        try:
            async with asyncio.timeout(PATIENCE):
                answer, parts = await self._exchange(name, blobs, fields)
                is_answered = True
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError) as error:
            log.warning("A reading worker is replaced: %r", error)
            raise UnreadableValue(TOO_LONG) from error
        finally:
            # Half an answer may be in the pipe, also when only the person's request was cancelled.
            if not is_answered:
                await self.stop()
        if "error" in answer:
            if answer["kind"] == "RefusedEdit":
                raise RefusedEdit(
                    answer["error"], line=answer.get("line"), column=answer.get("column")
                )
            raise UnreadableValue(answer["error"])
        return Answer(answer["result"], parts)

    async def _exchange(
        self, name: str, blobs: Sequence[bytes], fields: dict[str, Any]
    ) -> tuple[dict[str, Any], list[bytes]]:
        """One message each way, in the form that `storage_core.values.worker` documents."""
        to_worker, from_worker = await self._pipes()
        request = {"ask": name, "fields": fields, "blobs": [len(blob) for blob in blobs]}
        header = json.dumps(request).encode("ascii")
        to_worker.write(b"".join([len(header).to_bytes(4, "big"), header, *blobs]))
        await to_worker.drain()
        length = int.from_bytes(await from_worker.readexactly(4), "big")
        answer = json.loads(await from_worker.readexactly(length))
        return answer, [await from_worker.readexactly(size) for size in answer["blobs"]]

    async def _pipes(self) -> tuple[asyncio.StreamWriter, asyncio.StreamReader]:
        process = self._process
        if process is None or process.returncode is not None:
            process = self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "storage_core.values.worker"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
        if process.stdin is None or process.stdout is None:
            raise ConnectionError("The worker has no pipes.")
        return process.stdin, process.stdout

    async def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.communicate()


class Pool:
    """A few workers; who asks waits until one is free."""

    def __init__(self) -> None:
        self._workers = [Worker() for _ in range(WORKERS)]
        self._free: asyncio.LifoQueue[Worker] = asyncio.LifoQueue()
        for worker in self._workers:
            self._free.put_nowait(worker)

    async def ask(self, name: str, blobs: Sequence[bytes], fields: dict[str, Any]) -> Answer:
        worker = await self._free.get()
        try:
            return await worker.ask(name, blobs, fields)
        finally:
            self._free.put_nowait(worker)

    async def stop(self) -> None:
        for worker in self._workers:
            await worker.stop()


pools: WeakKeyDictionary[asyncio.AbstractEventLoop, Pool] = WeakKeyDictionary()


@asynccontextmanager
async def run() -> AsyncIterator[None]:
    """Keep workers for the running event loop as long as this is open."""
    loop = asyncio.get_running_loop()
    pool = pools[loop] = Pool()
    try:
        yield
    finally:
        del pools[loop]
        await pool.stop()


async def ask(name: str, *blobs: bytes, **fields: Any) -> Answer:
    """Ask one of `storage_core.values.requests.ANSWERS` about stored bytes.

    Raises RefusedEdit and UnreadableValue as the reader does, and UnreadableValue when it overruns.
    """
    if sum(map(len, blobs)) <= INLINE_LIMIT:
        return Answer(*requests.answer({"ask": name, **fields}, blobs))
    return await pools[asyncio.get_running_loop()].ask(name, blobs, fields)


async def outline(data: bytes, path: str = "", **window: int) -> dict[str, Any]:
    """The rows of a value at `path`, as `storage_core.values.Outline.as_dict` gives them."""
    rows: dict[str, Any] = (await ask("outline", data, path=path, **window)).result
    return rows


async def previews(values: Sequence[bytes], **limits: int) -> list[dict[str, str]]:
    """Kind, summary and one line of text for each value."""
    found: list[dict[str, str]] = (await ask("preview", *values, **limits)).result
    return found


async def preview(data: bytes, **limits: int) -> str:
    """One line of text for a value."""
    (found,) = await previews([data], **limits)
    return found["text"]


async def check_write(before: bytes | None, after: bytes) -> None:
    """Raise RefusedEdit if writing `after` over `before` could make the bot run something new."""
    await ask("check_write", *([] if before is None else [before]), after)
