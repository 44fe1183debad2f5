"""Whether somebody else may be in the middle of a change."""

import subprocess
import sys

import pytest
from django.db import connection

from dashboard.journal import presence
from dashboard.journal.head import Head, keep_outside, kept_outside

HOLDER = (
    "import fcntl,sys; f=open(sys.argv[1],'a'); fcntl.flock(f,fcntl.LOCK_SH); print(1); input()"
)


@pytest.fixture
def database(tmp_path, monkeypatch):
    """The dashboard's database as a file, of which only the name is looked at."""
    file = tmp_path / "dashboard.db"
    monkeypatch.setitem(connection.settings_dict, "NAME", str(file))
    return file


def test_the_first_is_alone_and_the_next_is_not(database):
    with presence.present() as first, presence.present() as second:
        assert (first, second) == (True, False)
    with presence.present() as again:
        assert again


def test_a_process_that_is_killed_is_there_no_more(database):
    words = [sys.executable, "-c", HOLDER, f"{database}-present"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        with presence.present() as is_alone:
            assert not is_alone
        other.kill()
        other.wait()
    with presence.present() as is_alone:
        assert is_alone


def test_nobody_knows_it_of_a_database_in_memory(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "NAME", "file:x?mode=memory&cache=shared")
    with presence.present() as is_alone:
        assert not is_alone


def test_the_head_is_kept_beside_the_database(database):
    assert kept_outside() is None
    keep_outside(Head(1, "abc"))
    keep_outside(Head(2, "def"))
    assert kept_outside() == Head(2, "def")
    assert [file.name for file in database.parent.iterdir()] == ["dashboard.db-head"]


def test_a_head_that_cannot_be_written_fails_nobody(database, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "NAME", "/proc/nowhere/dashboard.db")
    keep_outside(Head(1, "abc"))
