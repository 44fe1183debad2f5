"""What the feed remembers of the file's rows, and how it tells what became of them.

The roster (key, rowid, expiry) is a temporary table of the feed's own connection, so comparing it
with the file is SQLite's work: no Python object per key, and no lock of the interpreter.

- A written key has a new row, as `INSERT OR REPLACE` gives a higher rowid: `rowid > last`.
- A rowid is used again when the topmost rows were deleted and others inserted. So the topmost
  rows are compared by content as well.
- A deleted key shows in the number of rows. Which one it was, a comparison of keys tells. Not of
  rowids: a key that is written again meanwhile has another row, and is not gone.
- A row changed in place (by hand, or a VACUUM) is not seen in these ways. Where it is all that a
  commit did, nothing explains that commit, and everything is read again. Beside other writes its
  size and expiry tell, which are compared from time to time.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from storage_core.backends.sqlite.copying import prepare, rows_at_once
from storage_core.keys import key_from_bytes

__all__ = ["LOWEST", "PAGE_ROWS", "Page", "Roster", "UnexplainedError"]

PAGE_ROWS: Final = 2000
"""Rows read in one transaction: a few milliseconds during which the bot cannot commit."""
TOP_ROWS: Final = 32
LARGEST_COMPARED: Final = 65_536
"""Bytes at the start of a top row's value that are compared."""

TABLE: Final = """
CREATE TEMP TABLE roster (
    key BLOB PRIMARY KEY,
    id INTEGER NOT NULL,
    expires_at,
    size INTEGER NOT NULL
) WITHOUT ROWID
"""
EXPIRING: Final = "CREATE INDEX temp.expiring ON roster (expires_at) WHERE expires_at IS NOT NULL"
ADD: Final = """
INSERT OR IGNORE INTO temp.roster (key, id, expires_at, size) VALUES (?, ?, ?, ?)
"""
MOVE: Final = "UPDATE temp.roster SET id = ?, expires_at = ?, size = ? WHERE key = ?"
FILL: Final = """
INSERT OR IGNORE INTO temp.roster (key, id, expires_at, size)
SELECT CAST(key AS BLOB), rowid, expires_at, length(value) FROM main.sm_storage
WHERE rowid > ? AND rowid <= ? AND typeof(key) = 'text'
"""
ROWID_PAGE: Final = """
SELECT max(rowid) FROM
(SELECT rowid FROM main.sm_storage WHERE rowid > ? AND rowid <= ? ORDER BY rowid LIMIT ?)
"""
LOOK: Final = """
SELECT 'new', * FROM (
    SELECT rowid, key, expires_at, length(value), NULL FROM main.sm_storage
    WHERE rowid > :last AND typeof(key) = 'text' ORDER BY rowid LIMIT :page
)
UNION ALL SELECT 'below', * FROM (
    SELECT rowid, key, expires_at, length(value), substr(value, 1, :start) FROM main.sm_storage
    WHERE rowid <= :last AND typeof(key) = 'text' ORDER BY rowid DESC LIMIT :top
)
UNION ALL SELECT 'top', * FROM (
    SELECT rowid, key, expires_at, length(value), substr(value, 1, :start) FROM main.sm_storage
    WHERE typeof(key) = 'text' ORDER BY rowid DESC LIMIT :top
)
UNION ALL SELECT 'file', (SELECT data_version FROM pragma_data_version),
    (SELECT max(rowid) FROM main.sm_storage),
    CASE WHEN :with_count AND :page > (
        SELECT count(*) FROM (
            SELECT 1 FROM main.sm_storage
            WHERE rowid > :last AND typeof(key) = 'text' LIMIT :page
        )
    ) THEN (SELECT count(*) FROM main.sm_storage) END,
    NULL, NULL
"""
"""All that a look needs in one statement, so it is of one moment."""
VERSION: Final = "SELECT data_version FROM pragma_data_version"
KEY_PAGE: Final = (
    "SELECT max(key) FROM (SELECT key FROM temp.roster WHERE key > ? ORDER BY key LIMIT ?)"
)
GONE: Final = """
SELECT key FROM temp.roster AS known WHERE key > ? AND key <= ? AND NOT EXISTS (
    SELECT 1 FROM main.sm_storage AS row WHERE row.key = CAST(known.key AS TEXT)
)
"""
ALTERED: Final = """
SELECT row.rowid, row.key, row.expires_at, length(value)
FROM main.sm_storage AS row CROSS JOIN temp.roster AS known ON known.key = CAST(row.key AS BLOB)
WHERE row.rowid > ? AND row.rowid <= ? AND typeof(row.key) = 'text' AND row.rowid = known.id
AND (known.expires_at IS NOT row.expires_at OR known.size IS NOT length(value))
"""
EXPIRED: Final = (
    "SELECT key FROM temp.roster WHERE expires_at > ? AND expires_at <= ? ORDER BY expires_at"
)
LOWEST: Final = -(2**63)
HIGHEST: Final = 2**63 - 1
FIRST_KEY: Final = 0
"""Sorts before every blob, the empty one included."""


class UnexplainedError(Exception):
    """The file changed in a way that the new rows do not tell."""


class Page(NamedTuple):
    """Keys with new rows; `version` is the file's data version that they were read at.

    `missing` is how many rows have gone, None if they were not counted.
    """

    keys: Sequence[str]
    version: int
    is_last: bool
    missing: int | None


class TopRow(NamedTuple):
    """One of the topmost rows, to be compared: `content` stands for its value."""

    key: bytes
    expires_at: float | None
    size: int
    content: bytes


class Look(NamedTuple):
    """What was read at one moment: rows above the last one, a page of them at most; the topmost
    ones up to there, and of all; the file's data version, its highest rowid, and, if it was asked
    for and there is no further page, how many rows it has.
    """

    new: list[Any]
    below: Mapping[int, TopRow]
    top: Mapping[int, TopRow]
    version: int
    highest: int | None
    total: int | None


class Roster:
    """The rows as they were last seen. Used by one thread only."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._last = LOWEST
        self._top: Mapping[int, TopRow] = {}
        self._count = 0
        self._expired_until = float("-inf")
        prepare(connection)
        connection.execute(TABLE)
        connection.execute(EXPIRING)

    def fill(self, now: float) -> int:
        """Take in every row anew; the file's data version of which the roster then knows.

        What is committed meanwhile has a later version, and is found by looking again.
        """
        self._connection.execute("DELETE FROM temp.roster")
        self._count = 0
        self._expired_until = now
        self._last = HIGHEST
        version = self._remember_top(self._look(with_count=False))
        after = LOWEST
        while (until := self._page_end(after, PAGE_ROWS)) is not None:
            self._count += self._connection.execute(FILL, (after, until)).rowcount
            after = until
        return version

    def take_new_rows(self, *, with_count: bool) -> Page:
        """The next keys that were written, a page of them; rows are counted with the last page.

        Raises UnexplainedError if more may have changed than can be told.
        """
        look = self._look(with_count=with_count)
        reused = self._reused_rows(look)
        is_last = len(look.new) < PAGE_ROWS
        if is_last:
            self._remember_top(look)
        else:  # what comes next is above these; the top is compared at the end
            self._last = look.new[-1][0]
            self._top = {}
        rows = look.new + reused
        for row in rows:
            self._keep(*row)
        missing = None if look.total is None else self._count - look.total
        return Page([key_from_bytes(row[1]) for row in rows], look.version, is_last, missing)

    def take_gone_rows(self) -> Sequence[str]:
        """The keys whose rows are no longer there."""
        gone: list[bytes] = []
        after = FIRST_KEY
        while (until := self._value(KEY_PAGE, after, PAGE_ROWS)) is not None:
            gone += (key for (key,) in self._rows(GONE, (after, until), width=1))
            after = until
        for key in gone:
            self._connection.execute("DELETE FROM temp.roster WHERE key = ?", (key,))
        self._count -= len(gone)
        return [key_from_bytes(key) for key in gone]

    def take_altered_rows(
        self, after: int, count: int = PAGE_ROWS
    ) -> tuple[Sequence[str], int | None]:
        """Keys whose rows are still the same but for size or expiry, of a page of `count` rows.

        Gives with it the rowid after which the next page begins, None after the last one. Begin
        with `LOWEST`.
        """
        until = self._page_end(after, count)
        if until is None:
            return [], None
        rows = self._rows(ALTERED, (after, until), width=4)
        for row in rows:
            self._keep(*row)
        return [key_from_bytes(row[1]) for row in rows], until

    @property
    def floor(self) -> int:
        """Rows from this rowid on may be newer than what is known here."""
        return min(self._top, default=LOWEST)

    def knows(self, key: bytes) -> bool:
        """Whether the key had a row when the file was looked at last."""
        return bool(self._value("SELECT count(*) FROM temp.roster WHERE key = ?", key))

    def expired(self, now: float) -> Sequence[str]:
        """The keys that have expired since this was asked last; their rows stay in the file."""
        rows = self._connection.execute(EXPIRED, (self._expired_until, now)).fetchall()
        self._expired_until = max(now, self._expired_until)
        return [key_from_bytes(key) for (key,) in rows]

    def _keep(self, rowid: int, key: bytes, expires_at: float | None, size: int) -> None:
        if self._connection.execute(ADD, (key, rowid, expires_at, size)).rowcount:
            self._count += 1
        else:
            self._connection.execute(MOVE, (rowid, expires_at, size, key))

    def version(self) -> int:
        """The file's data version, another one after each commit of somebody else."""
        ((version,),) = self._rows(VERSION, (), width=1)
        return int(version)

    def _look(self, *, with_count: bool) -> Look:
        rows: dict[bytes, list[Any]] = {b"new": [], b"below": [], b"top": [], b"file": []}
        wanted = {
            "last": self._last,
            "page": PAGE_ROWS,
            "top": TOP_ROWS,
            "start": LARGEST_COMPARED,
            "with_count": with_count,
        }
        for part, *row in self._rows(LOOK, wanted, width=6):
            rows[part].append(row)
        ((version, highest, count, _, _),) = rows[b"file"]
        new = [row[:4] for row in rows[b"new"]]
        return Look(
            new, _top_rows(rows[b"below"]), _top_rows(rows[b"top"]), version, highest, count
        )

    def _remember_top(self, look: Look) -> int:
        self._top = look.top
        self._last = max(self._top, default=LOWEST)
        return look.version

    def _reused_rows(self, look: Look) -> list[Any]:
        """Rows below the last one that are not those which were there."""
        if not self._top:
            return []
        present = look.below
        survivors = [rowid for rowid in self._top if present.get(rowid) == self._top[rowid]]
        if survivors:
            # While this row stood, nothing below it could be given away again.
            floor = max(survivors)
        elif self._count <= len(self._top) and len(present) < TOP_ROWS:
            floor = LOWEST  # all rows were remembered, and all that are there are read
        elif present and max(present) >= min(self._top):
            raise UnexplainedError
        elif look.highest is None:
            return []  # deleted, all of them
        elif not present or look.highest > self._last:
            return []  # overwritten, all of them, which put them above the last one
        else:
            raise UnexplainedError
        return [
            (rowid, row.key, row.expires_at, row.size)
            for rowid, row in present.items()
            if rowid > floor and self._top.get(rowid) != row
        ]

    def _page_end(self, after: int, count: int) -> int | None:
        """The last rowid of the page of rows that comes after one; None after the last page."""
        ((until,),) = self._rows(ROWID_PAGE, (after, self._last, count), width=1)
        return until  # type: ignore[no-any-return] # a rowid

    def _rows(self, sql: str, parameters: Any, *, width: int) -> list[Any]:
        return rows_at_once(self._connection, sql, parameters, width=width)

    def _value(self, sql: str, *parameters: Any) -> Any:
        return self._connection.execute(sql, parameters).fetchall()[0][0]


def _top_rows(rows: Sequence[Any]) -> Mapping[int, TopRow]:
    return {
        rowid: TopRow(key, expires_at, length, _digest(start))
        for rowid, key, expires_at, length, start in rows
    }


def _digest(start: Any) -> bytes:
    text = start if isinstance(start, bytes) else repr(start).encode()
    return blake2b(text, digest_size=16).digest()
