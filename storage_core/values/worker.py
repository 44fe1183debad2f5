"""A process that answers questions about stored bytes: `python -m storage_core.values.worker`.

Large values take seconds of pure Python, which would hold a server's only interpreter lock. This
process reads requests from its standard input and writes answers to its standard output, one after
the other. It limits its own memory and, for each request, its own processor time; whoever started
it replaces it when it ends.

A message in either direction is a length (4 bytes, big-endian), that many bytes of JSON (ASCII),
and then the blobs whose lengths the JSON lists under `blobs`. `then` has more questions about the
same blobs, `{"ask": …, "fields": …}`: each gets an answer of its own, as soon as it is known.

    request   {"ask": "outline", "fields": {…}, "then": [], "blobs": [1048576]}
    answer    {"result": …, "blobs": []}
              {"error": "…", "kind": "RefusedEdit", "line": 2, "column": 6, "blobs": []}
"""

import gc
import json
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any, BinaryIO, Final

from storage_core.exceptions import RefusedEdit, StorageError, UnreadableValue
from storage_core.values.kept import Kept
from storage_core.values.requests import answer

try:
    import resource
except ImportError:  # not on Windows: there the limits are those of whoever starts it
    resource = None  # type: ignore[assignment]

__all__ = ["MEMORY_LIMIT", "SECONDS", "read_message", "serve", "write_message"]

MEMORY_LIMIT: Final = 384 * 1024 * 1024
"""Bytes of address space: what is resident is never more."""
SECONDS: Final = 5
"""Processor seconds for one request."""
IDLE: Final = 60
"""Seconds without a request after which the values that were read are let go of."""
MAX_HEADER: Final = 64 * 1024 * 1024
MAX_BLOB: Final = 256 * 1024 * 1024


class _Overran(Exception):
    """A request used up its processor time."""


def read_message(stream: BinaryIO) -> tuple[dict[str, Any], list[bytes]] | None:
    """The next message; None at the end of the stream. Raises ValueError if it is cut off."""
    length = stream.read(4)
    if not length:
        return None
    header = _exactly(stream, int.from_bytes(length, "big"), MAX_HEADER)
    fields = json.loads(header)
    blobs = [_exactly(stream, int(size), MAX_BLOB) for size in fields.pop("blobs", [])]
    return fields, blobs


def write_message(stream: BinaryIO, fields: dict[str, Any], blobs: Sequence[bytes]) -> None:
    """Write one message."""
    header = json.dumps({**fields, "blobs": [len(blob) for blob in blobs]}).encode("ascii")
    stream.write(b"".join([len(header).to_bytes(4, "big"), header, *blobs]))
    stream.flush()


def _exactly(stream: BinaryIO, size: int, limit: int) -> bytes:
    if not 0 <= size <= limit:
        raise ValueError(f"a message of {size:,} bytes")
    data = stream.read(size)
    if len(data) != size:
        raise ValueError("a message that is cut off")
    return data


def respond(
    fields: dict[str, Any], blobs: Sequence[bytes], kept: Kept
) -> tuple[dict[str, Any], list[bytes]]:
    """The answer to one request, errors included."""
    try:
        return _responded(fields, blobs, kept)
    except MemoryError:
        pass  # what took it is let go of only behind this block
    kept.clear()
    try:
        return _responded(fields, blobs, kept)
    except MemoryError:
        kept.clear()
        return _failure(UnreadableValue("reading this value takes too much memory")), []


def _responded(
    fields: dict[str, Any], blobs: Sequence[bytes], kept: Kept
) -> tuple[dict[str, Any], list[bytes]]:
    """The answer to one request. Raises MemoryError."""
    request = {**fields.get("fields", {}), "ask": fields.get("ask")}
    try:
        result, parts = answer(request, blobs, kept.read)
    except RefusedEdit as error:
        return {**_failure(error), "line": error.line, "column": error.column}, []
    except StorageError as error:
        return _failure(error), []
    except _Overran:
        kept.clear()  # what was interrupted may be half done
        seconds = f"reading this value takes longer than {SECONDS} seconds"
        return _failure(UnreadableValue(seconds)), []
    return {"result": result}, parts


def _failure(error: StorageError) -> dict[str, Any]:
    return {"error": str(error), "kind": type(error).__name__}


def limit_memory() -> None:
    """Ask the system to refuse this process more memory than it should need."""
    if resource is not None:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, hard))


def limit_time(seconds: int) -> None:
    """Interrupt this process when it has used `seconds` more of processor time."""
    if resource is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        soft = int(used.ru_utime + used.ru_stime) + seconds + 1
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _overrun(_number: int, _frame: FrameType | None) -> None:
    raise _Overran


def next_message(requests: BinaryIO, kept: Kept) -> tuple[dict[str, Any], list[bytes]] | None:
    """As `read_message`; what is kept is let go of where none comes for long."""
    if not hasattr(signal, "SIGALRM"):  # Windows
        return read_message(requests)
    before = signal.signal(signal.SIGALRM, lambda _number, _frame: kept.clear())
    signal.alarm(IDLE)
    try:
        return read_message(requests)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the requests end."""
    kept = Kept()
    while (message := next_message(requests, kept)) is not None:
        first, blobs = message
        for question in (first, *first.get("then", ())):
            limit_time(SECONDS)
            write_message(answers, *respond(question, blobs, kept))
        del message, first, blobs
        kept.settle()


def main() -> None:
    limit_memory()
    gc.disable()  # trees are large and have few cycles: collecting when one is let go is enough
    if hasattr(signal, "SIGXCPU"):
        signal.signal(signal.SIGXCPU, _overrun)
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # whatever is printed must not get between the answers
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
