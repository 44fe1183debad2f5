"""Reading values without holding the event loop.

The work itself is `storage_core.values.requests`. A small value is answered in place; a large one
by a worker process, since pure Python holds the interpreter. Workers get bytes and give JSON over
a pipe, so no pickle passes between processes, and one that overruns is killed and replaced.

Whoever asks what is in a value says which rules of masking hold, or `None` for somebody who may see
all of it: there is no default. Masking itself is done where the answer is made.
"""

import asyncio
import json
import logging
import sys
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from storage_core.exceptions import RefusedEdit, StorageError, UnreadableValue
from storage_core.values import Masking, requests

__all__ = [
    "Answer",
    "Mask",
    "as_json",
    "ask",
    "check_write",
    "hides",
    "make",
    "outline",
    "preview",
    "previews",
    "run",
]

log = logging.getLogger(__name__)

Mask = Masking | None
"""The rules of masking for one value; None for somebody who sees all of it."""
INLINE_LIMIT: Final = 64 * 1024
"""Bytes; reading more takes long enough to be felt by others."""
COMPARED_INLINE: Final = 16 * 1024
"""Bytes of all values that are compared, which takes several times as long as reading them."""
WORKERS: Final = 2
KNOWN: Final = 8
"""Values of which it is remembered which worker read them."""
ANSWER_AT_ONCE: Final = 1024 * 1024
"""Bytes of an answer that are taken from the pipe before anybody asks for them."""
PATIENCE: Final = 8.0
"""Seconds until a worker is killed; it gives up by itself after five seconds of work."""
REMEMBERED_SIZE: Final = 4096
"""Bytes of a value whose preview is remembered."""
MOST_REMEMBERED: Final = 2000
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
        self._asked: deque[int] = deque(maxlen=KNOWN)

    def has_read(self, blobs: Sequence[bytes]) -> bool:
        """Whether it was asked about one of these bytes lately, so that it may know their tree."""
        return any(hash(blob) in self._asked for blob in blobs)

    @property
    def patience(self) -> float:
        """Seconds until it is killed, which is when it got no time to give up by itself."""
        return PATIENCE

    async def ask(self, name: str, blobs: Sequence[bytes], fields: dict[str, Any]) -> Answer:
        """The worker's answer. Raises as the reader does, and UnreadableValue if it overruns.

        The field `mask` has the rules for the blobs, as `as_json` gives them.
        """
        demand_mask(name, fields)
        is_answered = False
        try:
            async with asyncio.timeout(self.patience):
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
        self._asked.extend(map(hash, blobs))
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
                limit=ANSWER_AT_ONCE,
            )
        if process.stdin is None or process.stdout is None:
            raise ConnectionError("The worker has no pipes.")
        return process.stdin, process.stdout

    async def stop(self) -> None:
        process, self._process = self._process, None
        self._asked.clear()
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.communicate()


class Pool:
    """A few workers; who asks waits until one is free."""

    def __init__(self) -> None:
        self._workers = [Worker() for _ in range(WORKERS)]
        self._free = self._workers.copy()
        self._turns = asyncio.Semaphore(WORKERS)

    async def ask(self, name: str, blobs: Sequence[bytes], fields: dict[str, Any]) -> Answer:
        """The answer of a worker that knows the value, if one that is free does."""
        async with self._turns:
            known = (worker for worker in self._free if worker.has_read(blobs))
            worker = next(known, self._free[-1])
            self._free.remove(worker)
            try:
                return await worker.ask(name, blobs, fields)
            finally:
                self._free.append(worker)

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


class Told:
    """What was told of the last small values: a few MB at most.

    Each is known by its bytes and by all else that it was asked with.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[bytes, str], dict[str, str]] = OrderedDict()

    def get(self, asked: tuple[bytes, str]) -> dict[str, str] | None:
        if asked in self._kept:
            self._kept.move_to_end(asked)
        return self._kept.get(asked)

    def put(self, asked: tuple[bytes, str], preview: dict[str, str]) -> None:
        if len(asked[0]) <= REMEMBERED_SIZE:
            self._kept[asked] = preview
            if len(self._kept) > MOST_REMEMBERED:
                self._kept.popitem(last=False)


told = Told()


def as_json(mask: Mask | Sequence[Mask]) -> Any:
    """Rules of masking as a field of a request: for all blobs, or for each its own."""
    if mask is None:
        return None
    return mask.as_dict() if isinstance(mask, Masking) else [as_json(one) for one in mask]


def demand_mask(name: str, fields: dict[str, Any]) -> None:
    """Raise TypeError where somebody forgot to say what is masked."""
    if name not in requests.UNMASKED and "mask" not in fields:
        raise TypeError(f"{name!r} is about a stored value: say which rules of masking hold")


async def ask(name: str, *blobs: bytes, mask: Mask | Sequence[Mask], **fields: Any) -> Answer:
    """Ask one of `storage_core.values.requests.ANSWERS` about stored bytes.

    `mask` are the rules for all of them, or a list with those for each. Raises RefusedEdit and
    UnreadableValue as the reader does, and UnreadableValue when it overruns.
    """
    return await answered(name, blobs, {"mask": as_json(mask), **fields})


async def make(name: str, *blobs: bytes, **fields: Any) -> Answer:
    """Ask one of `requests.UNMASKED`. Raises as `ask`, and TypeError for any other question."""
    demand_mask(name, fields)
    return await answered(name, blobs, fields)


async def answered(name: str, blobs: Sequence[bytes], fields: dict[str, Any]) -> Answer:
    limit = COMPARED_INLINE if name in ("diff", "merge") else INLINE_LIMIT
    if sum(map(len, blobs)) <= limit:
        return Answer(*requests.answer({"ask": name, **fields}, blobs))
    return await pools[asyncio.get_running_loop()].ask(name, blobs, fields)


async def outline(data: bytes, path: str = "", *, mask: Mask, **window: int) -> dict[str, Any]:
    """The rows of a value at `path`, as `storage_core.values.Outline.as_dict` gives them."""
    rows: dict[str, Any] = (await ask("outline", data, mask=mask, path=path, **window)).result
    return rows


async def previews(
    values: Sequence[bytes], *, mask: Mask | Sequence[Mask], **limits: int
) -> list[dict[str, str]]:
    """Kind, summary and one line of text for each value.

    What was told of small values is remembered: a list is got again at each change, which most
    often is one row's.
    """
    masks = [mask] * len(values) if mask is None or isinstance(mask, Masking) else mask
    asked = [(value, repr((one, limits))) for value, one in zip(values, masks, strict=True)]
    found = [told.get(each) for each in asked]
    unknown = [place for place, known in enumerate(found) if known is None]
    if unknown:
        rules = [masks[place] for place in unknown]
        answer = await ask("preview", *(values[place] for place in unknown), mask=rules, **limits)
        for place, preview in zip(unknown, answer.result, strict=True):
            found[place] = preview
            told.put(asked[place], preview)
    return [known or {} for known in found]


async def preview(data: bytes, *, mask: Mask, **limits: int) -> str:
    """One line of text for a value."""
    (found,) = await previews([data], mask=mask, **limits)
    return found["text"]


async def hides(*values: bytes, mask: Mask) -> bool:
    """Whether any of these bytes hold something masked, so that they are not to be shown.

    So it is taken to be where that cannot be told.
    """
    if mask is None:
        return False
    try:
        is_hidden: bool = (await ask("hides", *values, mask=mask)).result
    except StorageError:
        return True
    return is_hidden


async def check_write(before: bytes | None, after: bytes) -> None:
    """Raise RefusedEdit if writing `after` over `before` could make the bot run something new."""
    await make("check_write", *([] if before is None else [before]), after)
