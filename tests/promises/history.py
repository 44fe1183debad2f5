"""Every value that a key ever had, in order, as the store itself wrote it down.

Redis writes each change to its append-only file before it answers (with `appendfsync always`); in
a bot's SQLite file a trigger of ours notes each row.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

__all__ = ["History", "note_in_file", "of_file", "of_redis"]

History = Mapping[str, Sequence[bytes]]
"""Stored keys and their values, oldest first. A deletion is the empty value."""
PREFIX: Final = b"SM:"
DELETING: Final = frozenset({b"DEL", b"UNLINK"})


def of_redis(folder: Path) -> History:
    """From the append-only files in a server's folder."""
    found: dict[str, list[bytes]] = defaultdict(list)
    for file in sorted(folder.glob("appendonlydir/*.incr.aof"), key=number_of):
        for name, *words in commands(file.read_bytes()):
            if name.upper() == b"SET" and words[0].startswith(PREFIX):
                found[words[0].removeprefix(PREFIX).decode()].append(words[1])
            elif name.upper() in DELETING:
                for key in words:
                    found[key.removeprefix(PREFIX).decode()].append(b"")
    return found


def number_of(file: Path) -> int:
    return int(file.name.split(".")[2])


def commands(data: bytes) -> Iterator[list[bytes]]:
    """The commands in the form in which clients send them; the last may be cut off."""
    position = 0
    while position < len(data):
        end = data.index(b"\r\n", position)
        if data[position : position + 1] == b"#":  # a time stamp
            position = end + 2
            continue
        count, position = int(data[position + 1 : end]), end + 2
        words = []
        for _ in range(count):
            end = data.find(b"\r\n", position)
            if end < 0:
                return
            length = int(data[position + 1 : end])
            words.append(data[end + 2 : end + 2 + length])
            position = end + 2 + length + 2
        if position > len(data):
            return
        yield words


def note_in_file(path: Path) -> None:
    """Make the bot's table as a stock bot does, and have each row that is written noted."""
    with closing(sqlite3.connect(path)) as file:
        file.executescript(
            """
            CREATE TABLE sm_storage
                (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires_at INTEGER);
            CREATE TABLE noted (number INTEGER PRIMARY KEY, key BLOB, value BLOB);
            CREATE TRIGGER note AFTER INSERT ON sm_storage BEGIN
                INSERT INTO noted (key, value) VALUES (CAST(new.key AS BLOB), new.value);
            END;
            """
        )


def of_file(path: Path) -> History:
    """From the notes that the trigger made."""
    found: dict[str, list[bytes]] = defaultdict(list)
    with closing(sqlite3.connect(path)) as file:
        for key, value in file.execute("SELECT key, value FROM noted ORDER BY number"):
            found[key.decode()].append(value)
    return found
