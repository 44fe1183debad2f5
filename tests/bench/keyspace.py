"""Keys as bots have them: many namespaces of very different size, small pickles, some expiries."""

import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from storage_core import pickling

__all__ = [
    "NAMESPACES",
    "NEEDLE",
    "SHARED",
    "Entry",
    "entries",
    "fill_redis",
    "fill_sqlite",
    "largest",
]

NAMESPACES: Final = 230
SHARED: Final = 100
NEEDLE: Final = "quokka"
"""A text that three keys have in their names, whatever their number."""
TOGETHER: Final = 10_000
VALUES: Final = tuple(
    pickling.dumps({"karma": number, "by": ["anna", "bob"] * (number % 12), "note": "x" * number})
    for number in range(40)
)
"""60 to 280 bytes each."""
HOUR_MS: Final = 3_600_000


class Entry(NamedTuple):
    """One entry to store; `expires` is milliseconds from now, None for never."""

    key: str
    value: bytes
    expires: int | None


def namespace(number: int) -> str:
    return f"acme.team{number % 12:02}.plugins.plugin{number:03}.Plugin{number:03}"


def largest() -> str:
    """The namespace that has about a sixth of all keys."""
    return namespace(0)


def counts(keys: int) -> list[int]:
    """How many keys each namespace has: the nth has an nth of what the first has."""
    total = sum(1 / rank for rank in range(1, NAMESPACES + 1))
    found = [max(1, int(keys / total / rank)) for rank in range(1, NAMESPACES + 1)]
    found[0] += keys - sum(found)
    return found


def entries(keys: int) -> Iterator[Entry]:
    """So many entries, a tenth of a per cent of them shared keys, one in four with an expiry."""
    shared = min(SHARED, keys // 10)
    for number in range(shared):
        yield Entry(f"team:setting:{number}", VALUES[number % len(VALUES)], None)
    for place, count in enumerate(counts(keys - shared)):
        head = namespace(place)
        for number in range(count):
            # Spread, so that the order of insertion is not that of the names.
            name = f"user:U{(number * 2_654_435_761) % 4_294_967_296:08X}:karma"
            if number == count // 2 and place in {3, 30, 200}:
                name += f":{NEEDLE}"
            expires = None if number % 4 else HOUR_MS * (2 + number % 1000)
            yield Entry(f"{head}:{name}", VALUES[(number * 7 + place) % len(VALUES)], expires)


def packed(entry: Entry) -> bytes:
    """The SET command of an entry, as Redis reads it."""
    words = [b"SET", b"SM:" + entry.key.encode(), entry.value]
    if entry.expires is not None:
        words += [b"PX", b"%d" % entry.expires]
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(w), w) for w in words)


def fill_redis(port: int, keys: int) -> None:
    """Put so many entries into an empty server, the quick way."""
    source = entries(keys)
    with socket.create_connection(("127.0.0.1", port)) as connection:
        while batch := list(islice(source, TOGETHER)):
            connection.sendall(b"".join(map(packed, batch)))
            left = len(batch) * len(b"+OK\r\n")
            while left:
                left -= len(connection.recv(min(left, 1 << 16)))


def fill_sqlite(file: Path, keys: int) -> None:
    """Make a file as a stock bot makes it, with so many entries that never expire."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(
            "CREATE TABLE sm_storage"
            " (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires_at INTEGER)"
        )
        connection.executemany(
            "INSERT INTO sm_storage (key, value) VALUES (?, ?)",
            ((entry.key, entry.value) for entry in entries(keys)),
        )
        connection.commit()
