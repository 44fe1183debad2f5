"""A key is given on the command line as `ls` prints it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage_core.backends.memory import MemoryStorage
from storage_core.backends.sqlite import SQLiteStorage
from storage_core.keys import key_from_bytes
from storage_core.terminal.spelling import key_meant, printed

ROOT = Path(__file__).parents[2]
ODD = ["new\nline", r"lit\n", "back\\slash\n", "é\x1b[31m", "\u2028", "no utf-8: \udcff", " ", ""]
LOOKALIKES = st.text(alphabet="\\nrtxuU0fcd\n\r\t\x1f\u200bé\u2028\U0001f600\U000e0001 '\"")
KEYS = LOOKALIKES | st.text().map(lambda text: text.encode("utf-8", "replace").decode())
ANY_KEY = KEYS | st.binary().map(key_from_bytes)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "storage_core", *arguments]
    return subprocess.run(words, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)


async def filled(path: str, *keys: str) -> str:
    async with SQLiteStorage({"SQLITE_PATH": path}) as store:
        for key in keys:
            await store.set(key, b"N.")
    return f"sqlite://{path}"


async def keys_in(path: str) -> set[str]:
    async with SQLiteStorage({"SQLITE_PATH": path}) as store:
        return {entry.key async for page in store.scan() for entry in page}


@given(st.lists(ANY_KEY, min_size=1, max_size=4, unique=True))
async def test_what_is_printed_opens_the_key_unless_another_is_spelled_so(keys: list[str]) -> None:
    async with MemoryStorage({}) as store:
        for key in keys:
            await store.set(key, b"N.")
        for key in keys:
            line = printed(key)
            assert line.isprintable()
            assert await key_meant(store, line) == (line if line in keys else key)
            assert await key_meant(store, key) == key


@given(ANY_KEY, ANY_KEY)
async def test_a_key_that_is_not_there_stands_for_itself(there: str, given_: str) -> None:
    async with MemoryStorage({}) as store:
        await store.set(there, b"N.")
        assert await key_meant(store, given_) == (there if printed(there) == given_ else given_)


@pytest.mark.parametrize("given_", [r"\ud800", r"\U00ffffff", r"\q", "\\", r"\x4", r"\udcc3\udca9"])
async def test_what_spells_no_key_stands_for_itself(given_: str) -> None:
    async with MemoryStorage({}) as store:
        await store.set("é", b"N.")
        assert await key_meant(store, given_) == given_


async def test_each_line_of_the_list_opens_its_key(sqlite_path: str) -> None:
    url = await filled(sqlite_path, *ODD)
    lines = run("ls", url).stdout.split("\n")[:-1]
    assert len(lines) == len(ODD)
    for line in lines:
        done = run("get", url, line)
        assert (done.returncode, done.stdout, done.stderr) == (0, "None\n", "")


async def test_a_key_as_printed_is_set_edited_and_deleted(sqlite_path: str) -> None:
    url = await filled(sqlite_path, "a\nb", "no utf-8: \udcff")
    assert run("set", url, r"a\nb", "[1]").returncode == 0
    assert run("edit", url, r"a\nb", "[0]", "2").returncode == 0
    assert run("get", url, r"a\nb").stdout == "[2]\n"
    assert run("delete", url, r"no utf-8: \udcff").returncode == 0
    assert await keys_in(sqlite_path) == {"a\nb"}


async def test_a_new_key_is_the_exact_text(sqlite_path: str) -> None:
    url = await filled(sqlite_path)
    assert run("set", url, r"a\nb", "1").returncode == 0
    assert await keys_in(sqlite_path) == {r"a\nb"}


async def test_what_is_not_there_is_said_as_it_was_given(sqlite_path: str) -> None:
    url = await filled(sqlite_path)
    assert run("get", url, r"a\nb").stderr == "There is no key 'a\\nb' in this store.\n"


@pytest.fixture
async def long_list(sqlite_path: str) -> str:
    return await filled(sqlite_path, *(f"{'k' * 200}{number}" for number in range(2000)))


def test_the_list_ends_silently_when_its_reader_goes_away(long_list: str) -> None:
    words = [sys.executable, "-m", "storage_core", "ls", long_list]
    with subprocess.Popen(words, stdout=-1, stderr=-1, cwd=ROOT) as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        listing.stdout.readline()
        listing.stdout.close()
        assert listing.stderr.read() == b""
        assert listing.wait(timeout=60) == 141


def run_unheard(*arguments: str) -> tuple[int, bytes]:
    """Run a command whose reader has gone before it prints anything."""
    reading, writing = os.pipe()
    os.close(reading)
    words = [sys.executable, "-m", "storage_core", *arguments]
    done = subprocess.run(
        words, stdout=writing, stderr=subprocess.PIPE, cwd=ROOT, timeout=60, check=False
    )
    os.close(writing)
    return done.returncode, done.stderr


def test_every_command_is_silent_about_a_closed_pipe(long_list: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"K\x01.")
    (tmp_path / "b").write_bytes(b"K\x02.")
    key, one, other = "k" * 200 + "7", str(tmp_path / "a"), str(tmp_path / "b")
    assert run_unheard("get", long_list, key) == (141, b"")
    assert run_unheard("get", "--raw", long_list, key) == (141, b"")
    assert run_unheard("show", one) == (141, b"")
    assert run_unheard("diff", one, other) == (141, b"")
    assert run_unheard("--help")[1] == b""  # argparse itself overlooks what it could not print
