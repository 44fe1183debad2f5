"""Rows that are read while the bot goes on committing."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from storage_core.backends.sqlite.copying import prepare, rows_at_once

ROWS = 50
SELECT = "SELECT key, value FROM main.sm_storage WHERE key >= ? ORDER BY key"


@pytest.fixture
def bot(sqlite_path: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(sqlite_path, isolation_level=None, timeout=0)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("CREATE TABLE sm_storage (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
        connection.executemany(
            "INSERT INTO sm_storage VALUES (?, ?)",
            ((f"key {number:02}", b"\x80\x04N.") for number in range(ROWS)),
        )
        yield connection


@pytest.fixture
def reader(bot: sqlite3.Connection, sqlite_path: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(sqlite_path, isolation_level=None)) as connection:
        prepare(connection)
        yield connection


def test_it_gives_what_a_select_gives(reader: sqlite3.Connection) -> None:
    for start in ("", "key 48", "nothing"):
        expected = reader.execute(SELECT, (start,)).fetchall()
        assert rows_at_once(reader, SELECT, (start,), width=2) == expected


def test_the_bot_can_commit_while_the_rows_become_objects(
    bot: sqlite3.Connection, reader: sqlite3.Connection
) -> None:
    written = []

    def text(raw: bytes) -> str:
        """Called for each key that is fetched; the bot commits at that moment."""
        bot.execute("INSERT OR REPLACE INTO sm_storage VALUES ('zz', ?)", (raw,))
        written.append(raw)
        return raw.decode()

    reader.text_factory = text
    assert len(rows_at_once(reader, SELECT, ("key",), width=2)) == ROWS
    assert len(written) == ROWS
    with pytest.raises(sqlite3.OperationalError, match="locked"):  # as it was, row by row
        reader.execute(SELECT, ("key",)).fetchall()


def test_an_error_leaves_nothing_behind(reader: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such column"):
        rows_at_once(reader, "SELECT missing FROM main.sm_storage", width=1)
    assert len(rows_at_once(reader, SELECT, ("",), width=2)) == ROWS
