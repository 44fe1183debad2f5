"""Whether another process may be in the middle of a change.

Every web process on the same SQLite database holds a shared lock on a file beside it as long as it
lives, and the system lets go of it however the process ends. A process that finds no such lock when
it starts knows that nobody is left who could finish what is open. Where the database is a server,
processes are on many machines, and nobody can know.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from dashboard.journal.head import beside_database

__all__ = ["present"]


@contextmanager
def present() -> Iterator[bool]:
    """Be there; gives whether nobody else was when this began."""
    file = beside_database("-present")
    if file is None or not file.parent.exists():
        yield False
        return
    with file.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            is_alone = False
        else:
            is_alone = True
        fcntl.flock(handle, fcntl.LOCK_SH)  # others hold theirs for a moment only, to look
        yield is_alone
