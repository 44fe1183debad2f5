"""The change feed of an SQLite file that another process writes.

`PRAGMA data_version` costs microseconds and changes with every commit of another connection, so a
thread asks for it every few milliseconds. What changed is then found by `roster.Roster`.
"""

import sqlite3
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from queue import SimpleQueue
from typing import Final

from storage_core.backends.sqlite.file import SQLiteFile, unavailable
from storage_core.backends.sqlite.roster import LOWEST, PAGE_ROWS, Roster, UnexplainedError
from storage_core.changes import Change, Gap
from storage_core.exceptions import StorageError, StoreUnavailable
from storage_core.keys import key_from_bytes
from storage_core.mailbox import Mailbox

__all__ = ["FileFeed"]

POLL_SECONDS: Final = 0.02
COUNTING_SHARE: Final = 50
"""Counting the rows of a large file, to notice deletions, takes at most so small a part of the time
while commits go on: none of them can be made meanwhile."""
PAUSE_SECONDS: Final = 0.1
"""After so long without a commit, rows are counted in any case."""
SHORTEST_PAUSE_SECONDS: Final = 1.0
READING_SHARE: Final = 10
"""Between two gaps for commits that the rows do not explain, while they go on: reading everything
again takes at most a tenth of the time."""
QUIET_SECONDS: Final = 0.5
"""After so long without a commit, a gap is told in any case."""
BUSY_SECONDS: Final = 5.0
"""How long a bot that goes on writing is left alone before rows are compared all the same."""
QUIET_PAGES: Final = 10
"""Pages of rows that are compared in one look while there are no commits."""
BUSY_ROWS: Final = 500
"""Rows that are compared in one look while commits go on: less than a millisecond."""


class FileFeed:
    """Follows one file, on a connection and a thread of its own.

    What is set and deleted between two looks leaves no trace. If somebody read it in between, they
    would keep it for ever: so who reads says what was `served`, and it is named if it is gone.
    """

    def __init__(self, file: SQLiteFile, clock: Callable[[], float]) -> None:
        self._file = SQLiteFile(file.path, create=False)
        self._clock = clock
        self._stop = threading.Event()
        self._served: SimpleQueue[bytes] = SimpleQueue()
        self._floor = LOWEST

    def served(self, rows: Iterable[tuple[int, bytes]]) -> None:
        """Rowids and keys that were read from the file just now."""
        for rowid, key in rows:
            if rowid >= self._floor:
                self._served.put(key)

    async def changes(self) -> AsyncGenerator[Sequence[Change] | Gap, None]:
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
            identity = self._file.identity()
            connection = self._file.connect()
            try:
                watch = _Watch(connection, mailbox, self._clock)
                watch.start()
                self._floor = watch.floor
                while not self._stop.wait(POLL_SECONDS):
                    if self._file.identity() != identity:
                        raise StoreUnavailable(f"{self._file.path} was replaced or removed.")
                    served = [self._served.get() for _ in range(self._served.qsize())]
                    watch.look(served)
                    self._floor = watch.floor
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
        self._seen_version = -1
        self._next_count = 0.0
        self._must_count = False
        self._is_unexplained = False
        self._next_gap = 0.0
        self._last_commit = 0.0
        self._must_tell_gap = False
        # Deletions may have been told already that belong to a later commit.
        self._is_ahead = False
        # The rowid up to which rows were compared, None while they are not.
        self._compared: int | None = None
        # When the first commit came whose rows were not compared.
        self._uncompared_since: float | None = None

    @property
    def floor(self) -> int:
        """The rowid from which on a row may be newer than what is known here."""
        return self._roster.floor

    def start(self) -> None:
        self._version = self._roster.fill(self._clock())
        self._mailbox.put_gap("the feed starts here", self._clock())

    def look(self, served: Sequence[bytes]) -> None:
        """Tell what has changed, and which of the keys that were read since are gone again."""
        version = self._roster.version()
        if version != self._seen_version:
            self._seen_version = version
            self._last_commit = time.monotonic()
        if (self._must_count and self._may_count(time.monotonic())) or version != self._version:
            self._take_new_rows()
        if self._must_tell_gap and self._may_tell_gap():
            self._tell_gap()
        self._compare()
        self._tell(self._roster.expired(self._clock()))
        self._tell([key_from_bytes(key) for key in served if not self._roster.knows(key)])

    def _take_new_rows(self) -> None:
        """Take in new rows page by page, each in a short transaction of its own."""
        found = False
        try:
            while True:
                started = time.monotonic()
                with_count = self._may_count(started)
                page = self._roster.take_new_rows(with_count=with_count)
                self._tell(page.keys)
                found = found or bool(page.keys)
                if page.is_last:
                    break
        except UnexplainedError:
            self._must_tell_gap = True
            return
        if page.version != self._version:
            self._version = page.version
            self._must_count = True
            self._uncompared_since = self._uncompared_since or time.monotonic()
            self._is_unexplained = self._is_unexplained or not found
        if page.missing is not None:
            self._settle(page.missing)
            now = time.monotonic()
            self._next_count = now + (now - started) * COUNTING_SHARE

    def _may_count(self, now: float) -> bool:
        return now >= self._next_count or now >= self._last_commit + PAUSE_SECONDS

    def _settle(self, missing: int) -> None:
        """Tell which rows have gone. If none has, a commit without a new row is a riddle."""
        gone = self._roster.take_gone_rows() if missing > 0 else ()
        self._tell(gone)
        is_riddle = self._is_unexplained and not missing and not self._is_ahead
        if missing < 0 or is_riddle:
            self._must_tell_gap = True
        self._is_ahead = len(gone) > missing
        self._must_count = self._is_unexplained = False

    def _compare(self) -> None:
        """After commits, go through the rows for those that were changed in place, in small steps.

        Costs a tenth of the time at most; more only for a moment, when all is quiet.
        """
        now = time.monotonic()
        is_quiet = now >= self._last_commit + QUIET_SECONDS
        if self._compared is None:
            since = self._uncompared_since
            if since is None or not (is_quiet or now >= since + BUSY_SECONDS):
                return
            self._compared, self._uncompared_since = LOWEST, None
        pages, rows = (QUIET_PAGES, PAGE_ROWS) if is_quiet else (1, BUSY_ROWS)
        for _ in range(pages):
            keys, self._compared = self._roster.take_altered_rows(self._compared, rows)
            self._tell(keys)
            if self._compared is None:
                return

    def _may_tell_gap(self) -> bool:
        now = time.monotonic()
        return now >= self._next_gap or now >= self._last_commit + QUIET_SECONDS

    def _tell_gap(self) -> None:
        started = time.monotonic()
        self._version = self._roster.fill(self._clock())
        self._mailbox.put_gap("the file changed in a way that its rows do not tell", self._clock())
        now = time.monotonic()
        self._next_gap = now + max(SHORTEST_PAUSE_SECONDS, (now - started) * READING_SHARE)
        self._must_tell_gap = self._must_count = self._is_unexplained = False
        self._compared = self._uncompared_since = None

    def _tell(self, keys: Sequence[str]) -> None:
        if keys:
            self._mailbox.put(keys, self._clock())
