"""Rows in one step, so that the file is locked only while SQLite itself reads it.

Python's sqlite3 gives the interpreter to other threads at each row, and while the event loop
computes, it gets it back after five milliseconds, each time. A reader that stepped through fifty
rows would keep the bot from committing for a quarter of a second. So the rows are first copied into
a temporary table, which is one step, and are fetched from there.
"""

# ruff: noqa: S608 - statements are put together from constants only

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, Final

__all__ = ["prepare", "rows_at_once"]

COLUMNS: Final = ("a", "b", "c", "d", "e", "f")


def prepare(connection: sqlite3.Connection) -> None:
    """Make the connection ready for `rows_at_once`."""
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute(f"CREATE TEMP TABLE copied ({', '.join(COLUMNS)})")


def rows_at_once(
    connection: sqlite3.Connection,
    select: str,
    parameters: Sequence[Any] | Mapping[str, Any] = (),
    *,
    width: int,
) -> list[Any]:
    """The rows of a SELECT of `width` columns, six at most."""
    columns = ", ".join(COLUMNS[:width])
    try:
        connection.execute(f"INSERT INTO temp.copied ({columns}) {select}", parameters)
        return connection.execute(f"SELECT {columns} FROM temp.copied ORDER BY rowid").fetchall()
    finally:
        connection.execute("DELETE FROM temp.copied")
