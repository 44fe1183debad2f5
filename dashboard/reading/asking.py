"""Reading values without holding the event loop.

The work itself is `storage_core.values.requests`. A small value is answered in place; a large one
by a worker process, since pure Python holds the interpreter. Workers get bytes and give JSON over
a pipe, so no pickle passes between processes, and one that overruns is killed and replaced.

Whoever asks what is in a value says which rules of masking hold, or `None` for somebody who may see
all of it: there is no default. Masking itself is done where the answer is made.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any, Final
from weakref import WeakKeyDictionary

from dashboard.reading.workers import Answer, Answers, Pool, Question, demand_mask
from storage_core.exceptions import StorageError
from storage_core.values import Masking, read, requests

__all__ = [
    "Mask",
    "as_json",
    "ask",
    "ask_aside",
    "asked",
    "check_write",
    "hides",
    "make",
    "outline",
    "run",
]

Mask = Masking | None
"""The rules of masking for one value; None for somebody who sees all of it."""
INLINE_LIMIT: Final = 64 * 1024
"""Bytes; reading more takes long enough to be felt by others."""
COMPARED_INLINE: Final = 16 * 1024
"""Bytes of all values that are compared, which takes several times as long as reading them."""


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


def as_json(mask: Mask | Sequence[Mask]) -> Any:
    """Rules of masking as a field of a request: for all blobs, or for each its own."""
    if mask is None:
        return None
    return mask.as_dict() if isinstance(mask, Masking) else [as_json(one) for one in mask]


class Here:
    """Answers that are made in place, each when it is wanted; the value is read once for all."""

    def __init__(self, blobs: Sequence[bytes], questions: Sequence[Question]) -> None:
        self._blobs = blobs
        self._questions = iter(questions)
        self._read = lru_cache(maxsize=1)(read) if len(questions) > 1 else read

    async def next(self) -> Answer:
        """The answer to the next question. Raises as the reader does."""
        name, fields = next(self._questions)
        return Answer(*requests.answer({"ask": name, **fields}, self._blobs, self._read))


async def ask(name: str, *blobs: bytes, mask: Mask | Sequence[Mask], **fields: Any) -> Answer:
    """Ask one of `storage_core.values.requests.ANSWERS` about stored bytes.

    `mask` are the rules for all of them, or a list with those for each. Raises RefusedEdit and
    UnreadableValue as the reader does, and UnreadableValue when it overruns.
    """
    return await answered(name, blobs, {"mask": as_json(mask), **fields})


async def ask_aside(name: str, data: bytes, *, mask: Mask, **fields: Any) -> Answer:
    """As `ask`, where nobody waits for the answer: behind those who do.

    What they asked about is then known, so most often it is not even read again.
    """
    if len(data) > INLINE_LIMIT:
        await pools[asyncio.get_running_loop()].until_idle()
    return await ask(name, data, mask=mask, **fields)


@asynccontextmanager
async def asked(
    data: bytes, *questions: tuple[str, dict[str, Any]], mask: Mask
) -> AsyncIterator[Answers | Here]:
    """The answers to several questions about one value, which is read once for all of them.

    Each is there as soon as it is known, and what comes of it can be done while the next is being
    worked on: `await answers.next()`, which raises as `ask` does.
    """
    rules = {"mask": as_json(mask)}
    each = [Question(name, rules | fields) for name, fields in questions]
    if len(data) <= INLINE_LIMIT:
        yield Here([data], each)
    else:
        async with pools[asyncio.get_running_loop()].asked([data], *each) as answers:
            yield answers


async def make(name: str, *blobs: bytes, **fields: Any) -> Answer:
    """Ask one of `requests.UNMASKED`. Raises as `ask`, and TypeError for any other question."""
    demand_mask(name, fields)
    return await answered(name, blobs, fields)


async def answered(name: str, blobs: Sequence[bytes], fields: dict[str, Any]) -> Answer:
    question = Question(name, fields)
    limit = COMPARED_INLINE if name in ("diff", "merge") else INLINE_LIMIT
    if sum(map(len, blobs)) <= limit:
        return await Here(blobs, [question]).next()
    async with pools[asyncio.get_running_loop()].asked(blobs, question) as answers:
        return await answers.next()


async def outline(data: bytes, path: str = "", *, mask: Mask, **window: int) -> dict[str, Any]:
    """The rows of a value at `path`, as `storage_core.values.Outline.as_dict` gives them."""
    rows: dict[str, Any] = (await ask("outline", data, mask=mask, path=path, **window)).result
    return rows


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
