"""The journal's last entry, kept in a file outside the database.

Whoever can write to the database can remove the last entries and put the head back to match, or put
the whole database back to an earlier state. The file tells: it is beside the database where that is
a file, else in the data folder of each machine. Against somebody who can write there as well, keep
the head that `manage.py verify_journal` prints somewhere else.
"""

import logging
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from django.conf import settings
from django.db import connection

__all__ = ["Head", "beside_database", "keep_outside", "kept_outside"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Head:
    """An entry that was the last one at some time, by its index and seal. Written as `12:5ea1`."""

    index: int
    seal: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError for what is no head."""
        index, _, seal = text.strip().partition(":")
        if not index.isdecimal() or not seal.isalnum():
            raise ValueError("A head is a number and a seal, as in 12:5ea1.")
        return cls(int(index), seal)

    def __str__(self) -> str:
        return f"{self.index}:{self.seal}"


def beside_database(suffix: str) -> Path | None:
    """A file that belongs to the dashboard's database; None for one that is in memory only."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite":
        return Path(settings.DATA_DIR) / f"{Path(name).name}{suffix}"
    return None if ":memory:" in name or "mode=memory" in name else Path(f"{name}{suffix}")


def keep_outside(head: Head) -> None:
    """Write the head down. The entry is committed, so a failure is no reason to fail."""
    file = beside_database("-head")
    if file is None:
        return
    try:
        descriptor, new = tempfile.mkstemp(prefix=file.name, dir=file.parent)
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(str(head))
        Path(new).replace(file)
    except OSError:
        log.exception("The journal's head could not be kept outside the database.")


def kept_outside() -> Head | None:
    """The head as the file has it; None if there is none. Raises ValueError for another file."""
    file = beside_database("-head")
    if file is None or not file.exists():
        return None
    return Head.parse(file.read_text(encoding="ascii"))
