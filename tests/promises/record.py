"""What the dashboards' journal says, read from their database's file."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from dashboard.journal.queries import FOUND_LATER

__all__ = ["Saved", "saves_in", "words_by_intent"]


LATER = ", later"


@dataclass(frozen=True, slots=True)
class Saved:
    """One change as it is on record: what it was to replace by what, and the words on it.

    A word is the answer, with `later` behind it where the store was looked at afterwards.
    """

    number: int
    store: str
    key: str
    before: bytes | None
    after: bytes | None
    words: tuple[str, ...]

    @property
    def answer(self) -> str:
        """The last word; `open` before the first."""
        return self.words[-1].removesuffix(LATER) if self.words else "open"

    @property
    def is_settled(self) -> bool:
        return self.answer != "open" and self.words[-1] != "unknown"


def saves_in(folder: Path) -> list[Saved]:
    """All changes that were tried, oldest first."""
    words = words_by_intent(folder)
    with closing(sqlite3.connect(folder / "dashboard.db")) as database:
        rows = database.execute(
            'SELECT id, store, "key", "before", "after" FROM dashboard_entry'
            " WHERE kind = 'intent' ORDER BY id"
        )
        return [
            Saved(number, store, key.decode(), before, after, tuple(words.get(number, ())))
            for number, store, key, before, after in rows
        ]


def words_by_intent(folder: Path) -> dict[int, list[str]]:
    """The answers to each intent in the order in which they were given."""
    found: dict[int, list[str]] = {}
    with closing(sqlite3.connect(folder / "dashboard.db")) as database:
        for about, answer in database.execute(
            "SELECT about_id, answer || iif(note LIKE ?, ?, '') FROM dashboard_entry"
            " WHERE kind = 'outcome' ORDER BY id",
            (f"{FOUND_LATER}%", LATER),
        ):
            found.setdefault(about, []).append(answer)
    return found
