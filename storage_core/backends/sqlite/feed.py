"""The change feed of an SQLite file that another process writes.

`PRAGMA data_version` costs microseconds and changes with every commit of another connection, so a
thread asks for it every few milliseconds. What changed is then found by `roster.Roster`.
"""

import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final

from storage_core.backends.sqlite.file import SQLiteFile, unavailable
from storage_core.backends.sqlite.roster import Roster, UnexplainedError
from storage_core.changes import Change, Gap
from storage_core.exceptions import StorageError
from storage_core.mailbox import Mailbox

__all__ = ["FileFeed"]

POLL_SECONDS: Final = 0.02
COUNTING_SHARE: Final = 10
"""Counting the rows of a large file, to notice deletions, takes at most a tenth of the time."""
FIRST_PAUSE_SECONDS: Final = 1.0
LONGEST_PAUSE_SECONDS: Final = 60.0
"""Between two gaps for commits that the rows do not explain, growing while they go on."""


class FileFeed:
    """Follows one file, on a connection and a thread of its own."""

    def __init__(self, file: SQLiteFile, clock: Callable[[], float]) -> None:
        self._file = SQLiteFile(file.path, create=False)
        self._clock = clock
        self._stop = threading.Event()

    async def changes(self) -> AsyncIterator[Sequence[Change] | Gap]:
        mailbox = Mailbox()
        thread = threading.Thread(
            target=self._follow, args=(mailbox,), name="sqlite-feed", daemon=True
        )
        thread.start()
        try:
            while True:
                await mailbox.wait()
                if news := mailbox.take():
                    yield news
        finally:
            self._stop.set()  # the thread ends within a poll; nobody needs to wait for it

    def _follow(self, mailbox: Mailbox) -> None:
        try:
            connection = self._file.connect()
            try:
                _Watch(connection, mailbox, self._clock).run(self._stop)
            finally:
                connection.close()
        except sqlite3.Error as error:
            mailbox.fail(unavailable(error, self._file.path))
        except StorageError as error:
            mailbox.fail(error)


class _Watch:
    """The work of the thread: wait for commits, say what they changed."""

    def __init__(
        self, connection: sqlite3.Connection, mailbox: Mailbox, clock: Callable[[], float]
    ) -> None:
        self._connection = connection
        self._mailbox = mailbox
        self._clock = clock
        self._roster = Roster(connection)
        self._version = -1
        self._next_count = 0.0
        self._must_count = False
        self._is_unexplained = False
        self._next_gap = 0.0
        self._pause = FIRST_PAUSE_SECONDS
        self._must_tell_gap = False

    def run(self, stop: threading.Event) -> None:
        self._version = self._roster.fill(self._clock())
        self._mailbox.put_gap("the feed starts here", self._clock())
        while not stop.wait(POLL_SECONDS):
            if self._read_version() != self._version:
                self._look()
            if self._must_count and time.monotonic() >= self._next_count:
                self._count()
            if self._must_tell_gap and time.monotonic() >= self._next_gap:
                self._tell_gap()
            self._tell(self._roster.expired(self._clock()))

    def _read_version(self) -> int:
        ((version,),) = self._connection.execute("PRAGMA data_version").fetchall()
        return int(version)

    def _look(self) -> None:
        """Take in new rows page by page, each in a short transaction of its own."""
        found = False
        try:
            while True:
                page = self._roster.take_new_rows()
                self._tell(page.keys)
                found = found or bool(page.keys)
                if page.is_last:
                    break
        except UnexplainedError:
            self._must_tell_gap = True
            return
        self._version = page.version
        self._must_count = True
        self._is_unexplained = self._is_unexplained or not found

    def _count(self) -> None:
        """Tell which rows have gone. If none has, a commit without a new row is a riddle."""
        started = time.monotonic()
        gone: Sequence[str] = ()
        try:
            gone = self._roster.take_gone_rows()
        except UnexplainedError:
            self._is_unexplained = True
        now = time.monotonic()
        self._next_count = now + (now - started) * COUNTING_SHARE
        self._tell(gone)
        self._must_tell_gap = self._must_tell_gap or (self._is_unexplained and not gone)
        self._must_count = self._is_unexplained = False

    def _tell_gap(self) -> None:
        self._version = self._roster.fill(self._clock())
        self._mailbox.put_gap("the file changed in a way that its rows do not tell", self._clock())
        now = time.monotonic()
        is_quiet = now > self._next_gap + LONGEST_PAUSE_SECONDS
        self._pause = FIRST_PAUSE_SECONDS if is_quiet else self._longer_pause()
        self._next_gap = now + self._pause
        self._must_tell_gap = self._must_count = self._is_unexplained = False

    def _longer_pause(self) -> float:
        return min(self._pause * 2, LONGEST_PAUSE_SECONDS)

    def _tell(self, keys: Sequence[str]) -> None:
        if keys:
            self._mailbox.put(keys, self._clock())
