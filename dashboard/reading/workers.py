"""The processes that read large values, and what goes between them and this one."""

import asyncio
import json
import logging
import sys
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, NamedTuple

from storage_core.exceptions import RefusedEdit, StorageError, UnreadableValue
from storage_core.values import requests

__all__ = ["WORKERS", "Answer", "Answers", "Pool", "Question", "Worker", "demand_mask"]

log = logging.getLogger(__name__)

WORKERS: Final = 2
KNOWN: Final = 8
"""Values of which it is remembered which worker read them."""
ANSWER_AT_ONCE: Final = 1024 * 1024
"""Bytes of an answer that are taken from the pipe before anybody asks for them."""
PATIENCE: Final = 8.0
"""Seconds until a worker is killed; it gives up by itself after five seconds of work."""
LOOKS_AGAIN: Final = 0.05
"""Seconds after which who can wait looks whether a worker is free."""
LEAVES_BE: Final = 200
"""How often at most."""
TOO_LONG: Final = (
    "Reading this value takes too long, or too much memory."
    " Its bytes can be downloaded as they are."
)


class Question(NamedTuple):
    """One of `storage_core.values.requests.ANSWERS` by its name, and what it wants to know.

    The field `mask` has the rules for the bytes that it is about.
    """

    name: str
    fields: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """As a message to a worker has it."""
        return {"ask": self.name, "fields": self.fields}


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
        """The worker's answer. Raises as the reader does, and UnreadableValue if it overruns."""
        async with self.asked(blobs, Question(name, fields)) as answers:
            return await answers.next()

    @asynccontextmanager
    async def asked(self, blobs: Sequence[bytes], *questions: Question) -> AsyncIterator["Answers"]:
        """The answers to some questions about the same bytes, each there as soon as it is known.

        All are taken from the worker before this ends, so that the next who asks gets their own.
        """
        for question in questions:
            demand_mask(*question)
        answers = Answers(self, blobs, questions)
        try:
            try:
                yield answers
            except Exception:
                await answers.drop()
                raise
            await answers.drop()
        finally:
            # Half an answer may be in the pipe, also when only the person's request was cancelled.
            if not answers.are_complete:
                await self.stop()

    async def send(self, blobs: Sequence[bytes], questions: Sequence[Question]) -> None:
        """One message, in the form that `storage_core.values.worker` documents."""
        self._asked.extend(map(hash, blobs))
        first, *then = (question.as_dict() for question in questions)
        request = {**first, "then": then, "blobs": [len(blob) for blob in blobs]}
        header = json.dumps(request).encode("ascii")
        to_worker, _ = await self._pipes()
        to_worker.write(b"".join([len(header).to_bytes(4, "big"), header, *blobs]))
        await to_worker.drain()

    async def receive(self) -> tuple[dict[str, Any], list[bytes]]:
        """One message of the worker."""
        _, from_worker = await self._pipes()
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


class Answers:
    """What a worker answers to the questions of one message, one after the other."""

    def __init__(
        self, worker: Worker, blobs: Sequence[bytes], questions: Sequence[Question]
    ) -> None:
        self._worker = worker
        self._blobs = blobs
        self._questions = questions
        self._left = len(questions)
        self._is_sent = False
        self._is_torn = False
        """Whether something went wrong in the middle of an answer."""

    @property
    def are_complete(self) -> bool:
        """Whether nothing of them can be in the pipe."""
        return not self._is_sent or self._left == 0

    async def next(self) -> Answer:
        """The answer to the next question. Raises as the reader does, and UnreadableValue if the
        worker overruns."""
        try:
            async with asyncio.timeout(self._worker.patience):
                self._is_torn = True
                if not self._is_sent:
                    self._is_sent = True
                    await self._worker.send(self._blobs, self._questions)
                answer, parts = await self._worker.receive()
                self._is_torn = False
                self._left -= 1
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError) as error:
            log.warning("A reading worker is replaced: %r", error)
            await self._worker.stop()
            self._left, self._is_torn = 0, False
            raise UnreadableValue(TOO_LONG) from error
        if "error" not in answer:
            return Answer(answer["result"], parts)
        if answer["kind"] == "RefusedEdit":
            raise RefusedEdit(answer["error"], line=answer.get("line"), column=answer.get("column"))
        raise UnreadableValue(answer["error"])

    async def drop(self) -> None:
        """Take what nobody asked for any more."""
        while not (self.are_complete or self._is_torn):
            with suppress(StorageError):
                await self.next()


class Pool:
    """A few workers; who asks waits until one is free."""

    def __init__(self) -> None:
        self._workers = [Worker() for _ in range(WORKERS)]
        self._free = self._workers.copy()
        self._turns = asyncio.Semaphore(WORKERS)

    @asynccontextmanager
    async def asked(self, blobs: Sequence[bytes], *questions: Question) -> AsyncIterator[Answers]:
        """The answers of a worker that knows the value, if one that is free does."""
        async with self._turns:
            known = (worker for worker in self._free if worker.has_read(blobs))
            worker = next(known, self._free[-1])
            self._free.remove(worker)
            try:
                async with worker.asked(blobs, *questions) as answers:
                    yield answers
            finally:
                self._free.append(worker)

    async def until_idle(self) -> None:
        """Wait until nobody is being answered, though not for ever."""
        for _ in range(LEAVES_BE):
            if len(self._free) == WORKERS:
                return
            await asyncio.sleep(LOOKS_AGAIN)

    async def stop(self) -> None:
        for worker in self._workers:
            await worker.stop()


def demand_mask(name: str, fields: dict[str, Any]) -> None:
    """Raise TypeError where somebody forgot to say what is masked."""
    if name not in requests.UNMASKED and "mask" not in fields:
        raise TypeError(f"{name!r} is about a stored value: say which rules of masking hold")
