"""What the feed of an SQLite file remembers of its rows, look by look."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from storage_core.backends.sqlite.file import SQLiteFile
from storage_core.backends.sqlite.roster import LOWEST, Roster
from storage_core.keys import key_from_bytes, key_to_bytes

TABLE = "CREATE TABLE sm_storage (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires_at INTEGER)"
REPLACE = "INSERT OR REPLACE INTO sm_storage VALUES (CAST(? AS TEXT), ?, ?)"
DELETE = "DELETE FROM sm_storage WHERE key = CAST(? AS TEXT)"
KEYS = ("a", "b", "c", key_from_bytes(b"\xff:\xfe"))


class Bot:
    """Who writes to the file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def set(self, key: str, value: bytes = b"x") -> None:
        self.connection.execute(REPLACE, (key_to_bytes(key), value, None))

    def delete(self, key: str) -> None:
        self.connection.execute(DELETE, (key_to_bytes(key),))


@pytest.fixture
def bot(sqlite_path: str) -> Iterator[Bot]:
    with closing(sqlite3.connect(sqlite_path, isolation_level=None)) as connection:
        connection.execute(TABLE)
        bot = Bot(connection)
        for key in KEYS:
            bot.set(key)
        yield bot


@pytest.fixture
def roster(bot: Bot, sqlite_path: str) -> Iterator[Roster]:
    """Knows of all that is in the file."""
    with closing(SQLiteFile(sqlite_path).connect()) as connection:
        roster = Roster(connection)
        roster.fill(0.0)
        yield roster


@pytest.mark.parametrize("key", KEYS)
def test_it_names_the_deletion_of_a_key_that_was_written_during_the_last_look(
    bot: Bot, roster: Roster, key: str
) -> None:
    bot.set("other")
    bot.delete("other")
    assert roster.take_new_rows(with_count=True).missing == 0
    bot.set(key, b"again")  # after the rows were counted, before they are compared
    assert list(roster.take_gone_rows()) == []
    bot.delete(key)
    bot.set("new")
    page = roster.take_new_rows(with_count=True)
    assert list(page.keys) == ["new"]
    assert page.missing == 1
    assert list(roster.take_gone_rows()) == [key]


def test_it_names_what_is_gone_and_nothing_that_stands(bot: Bot, roster: Roster) -> None:
    bot.delete(KEYS[-1])
    bot.delete("b")
    assert roster.take_new_rows(with_count=True).missing == 2
    assert sorted(roster.take_gone_rows()) == sorted(["b", KEYS[-1]])
    assert roster.knows(b"a")
    assert not roster.knows(b"b")


def test_it_tells_rows_that_were_changed_in_place(bot: Bot, roster: Roster) -> None:
    bot.connection.execute("UPDATE sm_storage SET value = 'longer' WHERE key = 'a'")
    bot.connection.execute("UPDATE sm_storage SET expires_at = 7 WHERE key = 'b'")
    keys, last = roster.take_altered_rows(LOWEST)
    assert sorted(keys) == ["a", "b"]
    assert last is not None
    assert roster.take_altered_rows(last) == ([], None)
    assert roster.take_altered_rows(LOWEST) == ([], last)
