"""Every change is on record, and the record cannot be altered unseen: no record, no write; a
process that is killed at any step leaves nothing open for long; every tampering is found.
"""

import asyncio
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from itertools import combinations
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection, models, transaction

from dashboard.journal import chain
from dashboard.journal.head import Head
from dashboard.journal.models import ChainHead, Entry
from storage_core import PluginStorage, open_storage
from tests.browser.dashboard import Dashboard
from tests.dashboard.journal.conftest import intent, outcome
from tests.dashboard.killed_dashboard import KEY, NEW, OLD
from tests.interop.conftest import ROOT
from tests.promises.record import saves_in
from tests.promises.scale import TIMES
from tests.promises.support import Support
from tests.waiting import until

KILLED = "tests.dashboard.killed_dashboard"
APPENDED = 200 * TIMES  # by each process


def run(folder: Path, *words: str, store: str = "") -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        "CUBBYHOLE_DATA_DIR": str(folder),
        "CUBBYHOLE_STORES": store and f"prod={store}",
    }
    command = [sys.executable, *words]
    return subprocess.run(
        command, cwd=ROOT, env=environment, text=True, capture_output=True, check=False, timeout=300
    )


@pytest.fixture(scope="module")
def migrated(tmp_path_factory) -> Path:
    """A data folder with an empty database, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    run(folder, "manage.py", "migrate")
    return folder


@pytest.fixture
def data(migrated, tmp_path) -> Path:
    """A data folder with an empty database."""
    return Path(shutil.copytree(migrated, tmp_path / "data"))


# --- killed at each step


@pytest.mark.parametrize(
    ("moment", "held", "words"),
    [("intent", OLD, None), ("before", OLD, "failed, later"), ("after", NEW, "saved, later")],
)
async def test_what_a_killed_process_left_open_is_settled_once_when_the_next_one_starts(
    tmp_path, data, moment, held, words
):
    file = tmp_path / "bot.db"
    async with open_storage(f"sqlite:///{file}?create=1") as bot:
        await bot.set(KEY, OLD)
        fatal = f"class:{KILLED}.Fatal?SQLITE_PATH={file}"
        killed = await asyncio.to_thread(run, data, "-m", KILLED, "edit", moment, store=fatal)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        next_one = await asyncio.to_thread(Dashboard, data, {"prod": f"sqlite:///{file}"})
        try:
            await until(lambda: all(save.is_settled for save in saves_in(data)))
        finally:
            await asyncio.to_thread(next_one.stop)
        assert [save.words for save in saves_in(data)] == ([(words,)] if words else [])
        assert await bot.get(KEY) == held
    assert (await asyncio.to_thread(run, data, "manage.py", "verify_journal")).returncode == 0


# --- no record, no write


@pytest.fixture
async def lonely(data, bots_file):
    """A dashboard of its own, and somebody at it who edits `title` of a value."""
    async with open_storage(f"sqlite:///{bots_file}") as bot:
        await PluginStorage("acme.plugins.Full", bot).set("one", {"title": "old"})
    dashboard = await asyncio.to_thread(Dashboard, data, {"file": f"sqlite:///{bots_file}"})
    one = Support(dashboard, await asyncio.to_thread(dashboard.cookies_of, "support"))
    yield dashboard, one
    await one.close()
    await asyncio.to_thread(dashboard.stop)


async def title(bots_file: Path) -> str:
    async with open_storage(f"sqlite:///{bots_file}") as bot:
        return (await PluginStorage("acme.plugins.Full", bot).get("one"))["title"]


async def edit(one: Support, text: str) -> str:
    return await one.edit("file", "acme.plugins.Full:one", "['title']", text)


async def test_nothing_is_changed_when_the_disk_is_full(lonely, bots_file):
    dashboard, one = lonely
    free = resource.prlimit(dashboard.process.pid, resource.RLIMIT_FSIZE)
    full = (1024, free[1])  # no file may be longer than this, or grow beyond it
    resource.prlimit(dashboard.process.pid, resource.RLIMIT_FSIZE, full)
    assert await edit(one, "new") == "no record"
    assert await title(bots_file) == "old"
    resource.prlimit(dashboard.process.pid, resource.RLIMIT_FSIZE, free)
    assert await edit(one, "newer") == "saved"
    assert await title(bots_file) == "newer"


async def test_nothing_is_changed_while_the_journal_is_locked(lonely, bots_file):
    dashboard, one = lonely
    with closing(sqlite3.connect(dashboard.folder / "dashboard.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        assert await edit(one, "new") == "no record"
        assert await title(bots_file) == "old"
        other.rollback()
    assert await edit(one, "newer") == "saved"


# --- every tampering is found


@pytest.fixture
def journal(db) -> list[Entry]:
    """A journal with entries of each kind, all columns filled."""
    mina = User.objects.create(username="mina")
    facts = {"person": mina, "person_name": "mina", "address": "192.0.2.1", "namespace": "a.B"}
    times = {"before_expires_at": 1.5, "after_expires_at": 2.5, "key_digest": "d" * 64}
    for number in range(4):
        one = chain.append(intent(**facts, **times, reason=f"№ {number}", note="restored"))
        chain.append(outcome(one, note="done"))
    chain.append(intent(kind="noted", **facts, note="looked"))
    return list(Entry.objects.order_by("index"))


def other_than(entry: Entry, field: models.Field) -> list[object]:
    """Other values for one column of an entry."""
    value = getattr(entry, field.attname)
    match value:
        case bool():
            return [not value]
        case int() | float():
            return [value + 1000, None] if field.null else [value + 1000]
        case bytes() | memoryview():
            return [bytes(value) + b"\0", b""] if value else [b"x"]
        case str():
            return [f"{value[:-1]}~", ""] if value else ["x"]
        case None:
            given = {"BinaryField": b"x", "FloatField": 1.0, "GenericIPAddressField": "192.0.2.9"}
            return [given.get(field.get_internal_type(), entry.pk)]
        case _:
            return [value + timedelta(microseconds=1)]


def is_found() -> bool:
    return next(chain.verify(), None) is not None


def test_every_other_value_of_every_column_of_every_entry_is_found(journal):
    missed = []
    with connection.constraint_checks_disabled():
        for entry in journal:
            for field in Entry._meta.concrete_fields:
                for value in other_than(entry, field):
                    with transaction.atomic():
                        Entry.objects.filter(pk=entry.pk).update(**{field.attname: value})
                        if not is_found():
                            missed.append((entry.index, field.attname, value))
                        transaction.set_rollback(True)
    assert missed == []


def test_every_removal_and_every_exchange_of_two_entries_is_found(journal):
    missed = []
    for entry in journal:
        with transaction.atomic():
            gone = Entry.objects.filter(pk=entry.pk)
            gone._raw_delete(gone.db)
            if not is_found():
                missed.append(("removed", entry.index))
            transaction.set_rollback(True)
    for first, second in combinations(journal, 2):
        with transaction.atomic():
            for entry, index in ((first, -1), (second, first.index), (first, second.index)):
                Entry.objects.filter(pk=entry.pk).update(index=index)
            if not is_found():
                missed.append(("exchanged", first.index, second.index))
            transaction.set_rollback(True)
    assert missed == []


def test_every_cut_of_the_tail_is_found_although_the_head_was_put_back(journal):
    last = Head(journal[-1].index, journal[-1].seal)
    for entry in journal[:-1]:
        with transaction.atomic():
            gone = Entry.objects.filter(index__gt=entry.index)
            gone._raw_delete(gone.db)
            ChainHead.objects.update(index=entry.index, seal=entry.seal)
            assert next(chain.verify(last), None) is not None
            transaction.set_rollback(True)


def test_a_database_that_was_put_back_to_an_earlier_file_is_found(data):
    database = data / "dashboard.db"
    run(data, "-m", "tests.promises.appender", "4", "first")
    shutil.copy(database, data / "earlier")
    run(data, "-m", "tests.promises.appender", "2", "second")
    assert run(data, "manage.py", "verify_journal").returncode == 0
    shutil.copy(data / "earlier", database)
    found = run(data, "manage.py", "verify_journal")
    assert found.returncode == 1
    assert "entry 5 is missing: the journal went on to entry 6 once" in found.stderr


# --- two at once


def test_two_processes_that_write_at_once_keep_one_chain(data):
    with ThreadPoolExecutor(2) as both:
        words = "-m", "tests.promises.appender", str(APPENDED)
        done = list(both.map(lambda name: run(data, *words, name), ("one", "two")))
    assert [each.returncode for each in done] == [0, 0], done
    found = run(data, "manage.py", "verify_journal")
    assert f"{2 * APPENDED} entries, all as they were written." in found.stdout, found.stderr
