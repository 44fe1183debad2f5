"""Questions about one key that are answered at once, on the event loop's own connection.

That takes microseconds, a tenth of a trip to the worker's thread. Half of them would go into taking
and giving back the file's lock for each question. So in a WAL file, where a reader keeps nobody
from writing, what is asked in one turn of the loop is read in one transaction.
"""

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from typing import Any, Final

__all__ = ["Glance"]

SHARED_SECONDS: Final = 0.001
"""How old what is read may be: a turn of the loop may be long, and others write meanwhile."""


class Glance:
    """A connection that never waits, used on the loop's thread whoever made it.

    Raises sqlite3.Error if the file cannot be read.
    """

    def __init__(self, connection: sqlite3.Connection, loop: asyncio.AbstractEventLoop) -> None:
        ((mode,),) = connection.execute("PRAGMA journal_mode").fetchall()
        connection.execute("PRAGMA busy_timeout = 0")
        self._connection = connection
        self._cursor = connection.cursor()
        self._loop = loop
        self._is_wal = mode == b"wal"
        self._shared_until = 0.0
        self._is_end_called = False

    def rows(self, sql: str, parameters: Sequence[Any]) -> list[Any] | None:
        """The answer; None if the file is locked at this moment, or cannot be read.

        The worker can wait for a lock, the event loop cannot.
        """
        try:
            if self._is_wal and (now := time.monotonic()) >= self._shared_until:
                self._begin(now)
            return self._cursor.execute(sql, parameters).fetchall()
        except sqlite3.Error:
            return None

    def close(self) -> None:
        self._is_wal = False
        self._connection.close()

    def _begin(self, now: float) -> None:
        if self._connection.in_transaction:
            self._connection.execute("COMMIT")
        if not self._is_end_called:
            self._is_end_called = True
            self._loop.call_soon(self._end)
        self._connection.execute("BEGIN")
        self._shared_until = now + SHARED_SECONDS

    def _end(self) -> None:
        """Before anybody is told in the next turn that something was written."""
        self._is_end_called = False
        self._shared_until = 0.0
        if self._is_wal and self._connection.in_transaction:
            self._connection.execute("COMMIT")
