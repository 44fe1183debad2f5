"""Opening the file, its one table, and how keys and errors cross over.

Table, as Slack Machine 0.40.1 makes it: `sm_storage(key TEXT PRIMARY KEY, value TEXT NOT NULL,
expires_at INTEGER)`. Values are blobs in spite of the column's type, and `expires_at` is seconds
since the epoch; an entry with `expires_at <= now` is gone although its row stays.
"""

import os
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from storage_core.exceptions import StoreUnavailable
from storage_core.keys import key_to_bytes

__all__ = ["SQLiteFile", "bound", "unavailable"]

BUSY_SECONDS: Final = 5.0
"""How long a statement waits for another process's lock, as Slack Machine's own does."""

CREATE: Final = """
CREATE TABLE IF NOT EXISTS sm_storage (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    expires_at INTEGER
)
"""


@dataclass(frozen=True, slots=True)
class SQLiteFile:
    """Which file, and how it may be opened.

    `synchronous` is SQLite's FULL (no acknowledged write is lost when the machine fails) or NORMAL
    (in a WAL file, the last moments may be), None for SQLite's default.
    """

    path: str
    create: bool = True
    synchronous: str | None = None

    def connect(self, *, busy_seconds: float = BUSY_SECONDS) -> sqlite3.Connection:
        """A connection in autocommit, usable from any one thread at a time.

        Raises StoreUnavailable if the file is missing and may not be created, or is no store.
        """
        is_new = self._is_new()
        if is_new and not self.create:
            raise StoreUnavailable(f"There is no SQLite file at {self.path}.")
        try:
            connection = self._open(busy_seconds, is_new=is_new)
        except sqlite3.Error as error:
            raise unavailable(error, self.path) from error
        return connection

    def identity(self) -> tuple[int, int] | None:
        """What tells the file at the path from another one that takes its place; None if there is
        none, or it is in memory.
        """
        try:
            status = os.stat(self.path)  # noqa: PTH116 - asked fifty times a second: half the cost
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def _is_new(self) -> bool:
        return self.path == ":memory:" or not Path(self.path).exists()

    def _open(self, busy_seconds: float, *, is_new: bool) -> sqlite3.Connection:
        mode = "rwc" if self.create else "rw"
        name = self.path if self.path == ":memory:" else _as_uri(self.path, mode)
        connection = sqlite3.connect(
            name,
            uri=True,
            timeout=busy_seconds,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            self._prepare(connection, is_new=is_new)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection, *, is_new: bool) -> None:
        connection.text_factory = bytes
        if is_new and self.path != ":memory:":
            # Only a file that we make ourselves: a bot that has its own keeps its journal mode.
            # Losing a race with another process that makes it too is harmless.
            with suppress(sqlite3.OperationalError):
                connection.execute("PRAGMA journal_mode = WAL").fetchone()
        if self.synchronous is not None:
            connection.execute(f"PRAGMA synchronous = {self.synchronous}")
        table = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'sm_storage'")
        if table.fetchone() is None:
            if not self.create:
                raise StoreUnavailable(
                    f"{self.path} is an SQLite file, but no bot has stored anything in it: "
                    "the table sm_storage is missing."
                )
            connection.execute(CREATE)


def bound(key: str) -> str | bytes:
    """A stored key as a parameter of `CAST(? AS TEXT)`: bytes that are no UTF-8 survive as such."""
    try:
        key.encode()
    except UnicodeEncodeError:
        return key_to_bytes(key)
    return key


def unavailable(error: sqlite3.Error, path: str) -> StoreUnavailable:
    """What SQLite's error means for a person who looks at the store."""
    text = str(error)
    if "locked" in text or "busy" in text:
        return StoreUnavailable(
            f"{path} is locked by another process for more than {BUSY_SECONDS:g} seconds."
        )
    if "not a database" in text or "malformed" in text:
        return StoreUnavailable(f"{path} cannot be read as an SQLite file: {text}.")
    if "unable to open" in text:
        return StoreUnavailable(f"{path} cannot be opened: is the directory there, and readable?")
    return StoreUnavailable(f"SQLite cannot use {path}: {text}.")


def _as_uri(path: str, mode: str) -> str:
    return f"file:{quote(os.path.abspath(path))}?mode={mode}"  # noqa: PTH100 - keeps symlinks as named
