"""A dashboard's process that is killed in the middle of a change, and one that comes after it.

python -m tests.dashboard.killed_dashboard edit intent|before|after
python -m tests.dashboard.killed_dashboard reconcile
"""

import asyncio
import os
import signal
import sys
from datetime import timedelta
from typing import Any

import django
from asgiref.sync import sync_to_async

from storage_core.backends.sqlite import SQLiteStorage

django.setup()

# Only after Django is set up: these import models.
from dashboard import operations, reading, stores  # noqa: E402
from dashboard.access import people, rights_of  # noqa: E402
from dashboard.journal import queries  # noqa: E402
from dashboard.journal.models import Entry  # noqa: E402
from dashboard.operations import settlement  # noqa: E402

KEY = "acme.plugins.karma.Karma:coffee"
OLD, NEW = b"\x80\x04K\x29.", b"\x80\x04K\x2a."


class Fatal(SQLiteStorage):
    """Kills its process before or after it has carried out a compare-and-set."""

    async def compare_and_set(self, *args: Any, **options: Any) -> Any:
        if sys.argv[2] == "after":
            await super().compare_and_set(*args, **options)
        os.kill(os.getpid(), signal.SIGKILL)


def be_killed_while_writing() -> None:
    """End the process when it has written an entry that is not committed yet."""
    saved = Entry.save

    def save(entry: Entry, *args: Any, **options: Any) -> None:
        saved(entry, *args, **options)
        os.kill(os.getpid(), signal.SIGKILL)

    Entry.save = save  # type: ignore[method-assign]  # the process ends with it


async def edit() -> None:
    if sys.argv[2] == "intent":
        be_killed_while_writing()
    user = await sync_to_async(people.add_person)("mina", "admin")
    async with reading.run():
        await stores.open_all()
        acting = operations.Person(user, await rights_of(user))
        await operations.edit(acting, "prod", KEY, OLD, NEW)


async def reconcile() -> None:
    settlement.ABANDONED_AFTER = timedelta(0)
    await stores.open_all()
    settled = await operations.reconcile()
    (row,) = await queries.latest()
    sys.stdout.write(f"{settled} {row.deed.value} {row.answer.value if row.answer else 'pending'}")
    await stores.close_all()


if __name__ == "__main__":
    asyncio.run(edit() if sys.argv[1] == "edit" else reconcile())
