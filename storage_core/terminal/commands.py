"""The commands themselves: each answers with an exit code."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TextIO

from storage_core.abc import BrowsableStorage, MachineBaseStorage
from storage_core.entries import KEEP, EntryInfo, Expiry, Outcome
from storage_core.exceptions import RefusedEdit, StorageError, StoreUnavailable
from storage_core.keys import KeyRef
from storage_core.opening import open_storage
from storage_core.terminal.arguments import parser
from storage_core.terminal.spelling import key_meant, printed
from storage_core.values import Value, check_write, create, diff, read
from storage_core.values.edit import fresh
from storage_core.values.masking import Masking
from storage_core.values.typed_json import from_json

__all__ = ["main"]

DONE: Final = 0
NOT_THERE: Final = 1
REFUSED: Final = 2
UNAVAILABLE: Final = 3
UNREADABLE: Final = 4
UNHEARD: Final = 141
"""What a shell says of a filter whose reader went away: 128 and the number of SIGPIPE."""

ENDS: Final[Mapping[Outcome, tuple[int, str]]] = {
    Outcome.SAVED: (DONE, ""),
    Outcome.CHANGED: (NOT_THERE, "The value changed meanwhile; nothing was written."),
    Outcome.GONE: (NOT_THERE, "The key has gone meanwhile; nothing was written."),
    Outcome.UNKNOWN: (UNAVAILABLE, "The store did not answer: look whether it was written."),
}
FILE_FAULTS: Final[Mapping[type[OSError], str]] = {
    FileNotFoundError: "it is not there",
    IsADirectoryError: "it is a directory",
    PermissionError: "you may not read it",
}
WHOLE: Final = 64 * 1024 * 1024
"""Characters of a value's text: more than any value has that is read at all."""

Arguments = argparse.Namespace


def main(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code."""
    try:
        try:
            return _run(arguments)
        finally:  # now, since at the end of the process it is too late to be silent
            if sys.stdout is not None:
                sys.stdout.flush()
    except BrokenPipeError:
        _print_no_more()
        return UNHEARD


def _print_no_more() -> None:
    """What is still to be written goes nowhere, or Python would complain of it while it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            os.dup2(nowhere, stream.fileno())


def _run(arguments: Sequence[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # keys may hold bytes that no terminal can show
            stream.reconfigure(errors="backslashreplace")
    asked = parser().parse_args(arguments)
    try:
        if asked.command in OF_FILES:
            return OF_FILES[asked.command](asked)
        return asyncio.run(_with_store(asked))
    except StoreUnavailable as error:
        return _end(UNAVAILABLE, str(error))
    except StorageError as error:
        return _end(REFUSED, str(error))  # where in a typed text it is, the message itself says
    except BrokenPipeError:
        raise
    except OSError as error:
        return _end(REFUSED, _about_file(error))
    except KeyboardInterrupt:
        return 130


async def _with_store(asked: Arguments) -> int:
    async with open_storage(asked.url, create=asked.command == "set") as store:
        if "key" in asked:
            asked.key = await key_meant(store, asked.key)
        return await OF_STORES[asked.command](store, asked)


async def _ls(store: MachineBaseStorage, asked: Arguments) -> int:
    browsable = _browsable(store)
    async for page in browsable.scan():
        chosen = [entry for entry in page if _is_asked_for(entry.key, asked)]
        if asked.long or asked.json:
            described = await browsable.describe([entry.key for entry in chosen])
            chosen = [entry for entry in described if entry is not None]
        for entry in chosen:
            _print(_line(entry, asked))
    return DONE


async def _get(store: MachineBaseStorage, asked: Arguments) -> int:
    data = await store.get(asked.key)
    if data is None:
        return _no_such_key(asked)
    if asked.raw:
        sys.stdout.buffer.write(data)
    else:
        return _print_value(read(data, _masking(asked, KeyRef.parse(asked.key).key)), asked)
    return DONE


async def _set(store: MachineBaseStorage, asked: Arguments) -> int:
    new = _typed(asked)
    before = await store.get(asked.key)
    check_write(before, new)
    expires: Expiry = asked.expires
    if expires is None and not asked.never_expires:
        expires = KEEP
    if not isinstance(store, BrowsableStorage):
        await store.set(asked.key, new, asked.expires)
        return DONE
    return _ended(await store.compare_and_set(asked.key, before, new, expires=expires))


async def _edit(store: MachineBaseStorage, asked: Arguments) -> int:
    before = await store.get(asked.key)
    if before is None:
        return _no_such_key(asked)
    if asked.json:
        raise RefusedEdit("A part of a value is typed as text, not as JSON.")
    new = read(before).edit(asked.path, _literal(asked), change_type=asked.change_type)
    check_write(before, new)
    return _ended(await _browsable(store).compare_and_set(asked.key, before, new))


async def _delete(store: MachineBaseStorage, asked: Arguments) -> int:
    before = await store.get(asked.key)
    if before is None:
        return _no_such_key(asked)
    if not isinstance(store, BrowsableStorage):
        await store.delete(asked.key)
        return DONE
    return _ended(await store.compare_and_set(asked.key, before, None))


def _show(asked: Arguments) -> int:
    return _print_value(read(_bytes_of(asked.file), _masking(asked)), asked)


def _diff(asked: Arguments) -> int:
    found = diff(_bytes_of(asked.before), _bytes_of(asked.after), _masking(asked))
    for one in found:
        if asked.json:
            _print(json.dumps(one.as_dict()))
        else:
            before, after = one.before or "", one.after or ""
            _print(f"{one.kind} {one.path or 'the whole value'}: {before} → {after}")
    return NOT_THERE if found else DONE


OF_STORES: Final[Mapping[str, Callable[[MachineBaseStorage, Arguments], Awaitable[int]]]] = {
    "ls": _ls,
    "get": _get,
    "set": _set,
    "edit": _edit,
    "delete": _delete,
}
OF_FILES: Final[Mapping[str, Callable[[Arguments], int]]] = {"show": _show, "diff": _diff}


def _browsable(store: MachineBaseStorage) -> BrowsableStorage:
    if not isinstance(store, BrowsableStorage):
        raise StorageError("This backend can only get, set and delete keys that you name.")
    return store


def _is_asked_for(key: str, asked: Arguments) -> bool:
    namespace = KeyRef.parse(key).namespace
    if asked.shared and namespace is not None:
        return False
    return asked.namespace is None or namespace == asked.namespace


def _line(entry: EntryInfo, asked: Arguments) -> str:
    if asked.json:
        fields = {"key": entry.key, "size": entry.size, "expires_at": entry.expires_at}
        return json.dumps(fields | ({"note": entry.note} if entry.note else {}))
    name = printed(entry.key)
    if not asked.long:
        return name
    expiry = "never" if entry.expires_at is None else _moment(entry.expires_at)
    return f"{entry.size or 0:>12}  {expiry:<20}  {name}"


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _print_value(value: Value, asked: Arguments) -> int:
    _print(json.dumps(value.to_json()) if asked.json else value.to_text(WHOLE))
    for finding in value.findings:
        _print(f"note: {finding}", sys.stderr)
    is_unread = any(finding.code == "unreadable" for finding in value.findings)
    return UNREADABLE if is_unread else DONE


def _masking(asked: Arguments, name: str = "") -> Masking | None:
    """The rules of masking, if they are asked for, for what is called `name`."""
    return Masking(name) if asked.mask else None


def _typed(asked: Arguments) -> bytes:
    text = _literal(asked)
    if not asked.json:
        return create(text)
    try:
        content: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RefusedEdit(f"this is no JSON: {error}") from None
    return fresh(from_json(content))


def _literal(asked: Arguments) -> str:
    text: str = sys.stdin.read() if asked.literal == "-" else asked.literal
    return text


def _bytes_of(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def _about_file(error: OSError) -> str:
    """What the system said about a file, in words."""
    if error.filename is None:
        return error.strerror or str(error)
    why = next((why for kind, why in FILE_FAULTS.items() if isinstance(error, kind)), None)
    return f"The file {error.filename} cannot be read: {why or error.strerror}."


def _no_such_key(asked: Arguments) -> int:
    return _end(NOT_THERE, f"There is no key '{printed(asked.key)}' in this store.")


def _ended(outcome: Outcome) -> int:
    return _end(*ENDS[outcome])


def _end(code: int, sentence: str) -> int:
    if sentence:
        _print(sentence, sys.stderr)
    return code


def _print(text: str, stream: TextIO | None = None) -> None:
    (stream or sys.stdout).write(f"{text}\n")
