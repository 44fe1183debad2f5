"""An SQLite file that a bot in another process uses: never disturbed, never misread."""

import asyncio
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from storage_core.backends.sqlite import SQLiteStorage, file
from storage_core.entries import Outcome
from storage_core.exceptions import StoreUnavailable
from tests.storage_core.following import Follower
from tests.waiting import until

TABLE = "CREATE TABLE sm_storage (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires_at INTEGER)"
REPLACE = "INSERT OR REPLACE INTO sm_storage (key, value, expires_at) VALUES (?, ?, ?)"


@pytest.fixture
def bot(sqlite_path: str) -> Iterator[sqlite3.Connection]:
    """The bot's own connection to its file, in the journal mode that the stock backend has."""
    with closing(sqlite3.connect(sqlite_path, isolation_level=None, timeout=0)) as connection:
        connection.execute("PRAGMA synchronous = OFF")  # a busy disk is not what is tested
        connection.execute(TABLE)
        yield connection


@pytest.fixture
async def store(bot: sqlite3.Connection, sqlite_path: str) -> AsyncIterator[SQLiteStorage]:
    async with SQLiteStorage({"SQLITE_PATH": sqlite_path, "SQLITE_CREATE": False}) as opened:
        yield opened


def _journal_mode(path: str) -> str:
    with closing(sqlite3.connect(path)) as connection:
        [(mode,)] = connection.execute("PRAGMA journal_mode").fetchall()
        return str(mode)


async def test_it_keeps_the_journal_mode_of_the_bots_file(
    bot: sqlite3.Connection, store: SQLiteStorage, sqlite_path: str
) -> None:
    await store.set("key", b"x")
    assert _journal_mode(sqlite_path) == "delete"


async def test_it_makes_its_own_file_in_wal_mode(sqlite_path: str) -> None:
    async with SQLiteStorage({"SQLITE_PATH": sqlite_path}) as store:
        await store.set("key", b"x")
        assert _journal_mode(sqlite_path) == "wal"


async def test_it_writes_rows_as_the_stock_backend_does(
    bot: sqlite3.Connection, store: SQLiteStorage
) -> None:
    await store.set("for ever", b"\x80\x04N.")
    await store.set("for a minute", b"x", 60)
    rows = {row[0]: row[1:] for row in bot.execute("SELECT * FROM sm_storage").fetchall()}
    assert rows["for ever"] == (b"\x80\x04N.", None)
    assert rows["for a minute"][0] == b"x"
    assert rows["for a minute"][1] == pytest.approx(time.time() + 60, abs=1)


async def test_it_reads_a_value_that_has_text_type(
    bot: sqlite3.Connection, store: SQLiteStorage
) -> None:
    bot.execute(REPLACE, ("key", "naïve", None))
    assert await store.get("key") == "naïve".encode()
    [entry] = await store.describe(["key"])
    assert entry is not None
    assert entry.size == 6
    assert await store.compare_and_set("key", "naïve".encode(), b"new") is Outcome.SAVED
    assert await store.get("key") == b"new"


async def test_it_waits_for_a_lock_that_is_let_go(
    bot: sqlite3.Connection, store: SQLiteStorage
) -> None:
    bot.execute("BEGIN EXCLUSIVE")
    bot.execute(REPLACE, ("key", b"the bot's", None))
    reading = asyncio.ensure_future(store.get("key"))
    writing = asyncio.ensure_future(store.set("other", b"x"))
    done, _ = await asyncio.wait([reading, writing], timeout=0.1)
    assert not done
    bot.execute("COMMIT")
    assert await reading == b"the bot's"
    await writing


async def test_it_says_so_when_the_lock_is_kept(
    bot: sqlite3.Connection, sqlite_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file.SQLiteFile.connect, "__kwdefaults__", {"busy_seconds": 0.05})
    async with SQLiteStorage({"SQLITE_PATH": sqlite_path}) as store:
        await store.set("key", b"old")
        bot.execute("BEGIN EXCLUSIVE")
        for question in (
            store.get("key"),
            store.set("key", b"new"),
            store.compare_and_set("key", b"old", b"new"),
        ):
            with pytest.raises(StoreUnavailable, match="locked by another process"):
                await question
        bot.execute("ROLLBACK")
        assert await store.get("key") == b"old"


async def test_it_never_keeps_the_bot_from_writing(
    bot: sqlite3.Connection, store: SQLiteStorage
) -> None:
    bot.executemany(REPLACE, [(f"key {n}", b"x" * 100, None) for n in range(3000)])
    # The feed may be reading a page just then; a reader that stays would keep it out for ever.
    bot.execute("PRAGMA busy_timeout = 1000")
    async with Follower(store) as seen:
        async for page in store.scan(batch=500):  # a reader that stops between two pages
            assert page
            bot.execute(REPLACE, ("key 1", b"y", None))
        await store.fetch([f"key {n}" for n in range(1000)])
        bot.execute(REPLACE, ("last", b"y", None))
        await seen.sees("last")


async def test_its_feed_has_a_gap_after_a_change_in_place(
    bot: sqlite3.Connection, store: SQLiteStorage
) -> None:
    bot.executemany(REPLACE, [(f"key {n}", b"x", None) for n in range(100)])
    async with Follower(store) as seen:
        bot.execute("UPDATE sm_storage SET value = ? WHERE key = ?", (b"y", "key 3"))
        await seen.sees_gap(after=1)


async def test_its_feed_names_what_was_changed_in_place_beside_other_writes(
    bot: sqlite3.Connection, store: SQLiteStorage
) -> None:
    bot.executemany(REPLACE, [(f"key {n}", b"x", None) for n in range(100)])
    async with Follower(store) as seen:
        bot.execute("BEGIN")
        bot.execute("UPDATE sm_storage SET value = ? WHERE key = ?", (b"longer", "key 3"))
        bot.execute(REPLACE, ("key 4", b"y", None))
        bot.execute("COMMIT")
        await seen.sees("key 3", "key 4")
        assert len(seen.gaps) == 1


async def test_its_feed_has_a_gap_when_another_file_takes_the_place(
    bot: sqlite3.Connection, store: SQLiteStorage, sqlite_path: str
) -> None:
    await store.set("before", b"x")
    async with Follower(store) as seen:
        await asyncio.to_thread(_replace_file, sqlite_path, {"after": b"y"})
        await seen.sees_gap(after=1)
        assert "was replaced" in str(seen.losses[0])
        assert [entry.key async for page in store.scan() for entry in page] == ["after"]
        assert await store.get("before") is None
        with closing(sqlite3.connect(sqlite_path, isolation_level=None)) as connection:
            connection.execute(REPLACE, ("later", b"z", None))
        await seen.sees("later")
        assert await store.get("later") == b"z"


async def test_a_file_that_was_removed_is_no_store_until_there_is_another(
    bot: sqlite3.Connection, store: SQLiteStorage, sqlite_path: str
) -> None:
    await store.set("key", b"x")
    await asyncio.to_thread(Path(sqlite_path).unlink)
    for question in (store.describe(["key"]), store.compare_and_set("key", b"x", b"y")):
        with pytest.raises(StoreUnavailable, match="There is no SQLite file"):
            await question
    await asyncio.to_thread(_replace_file, sqlite_path, {"key": b"other"})
    assert await store.compare_and_set("key", b"x", b"y") is Outcome.CHANGED
    assert await store.get("key") == b"other"


def _replace_file(path: str, rows: dict[str, bytes]) -> None:
    """Put another file in the place of the one at `path`, as restoring a backup does."""
    new = Path(path).with_name("new.db")
    with closing(sqlite3.connect(new, isolation_level=None)) as connection:
        connection.execute(TABLE)
        connection.executemany(REPLACE, [(key, value, None) for key, value in rows.items()])
    new.replace(path)


async def test_its_feed_is_right_after_a_vacuum(
    bot: sqlite3.Connection, store: SQLiteStorage
) -> None:
    bot.executemany(REPLACE, [(f"key {n}", b"x", None) for n in range(100)])
    bot.execute("DELETE FROM sm_storage WHERE key < 'key 5'")
    async with Follower(store) as seen:
        bot.execute("VACUUM")
        await seen.sees_gap(after=1)
        bot.execute(REPLACE, ("key 70", b"y", None))
        bot.execute("DELETE FROM sm_storage WHERE key = 'key 60'")
        await seen.sees("key 70", "key 60")


async def test_its_feed_has_a_gap_or_names_after_everything_was_deleted(
    bot: sqlite3.Connection, store: SQLiteStorage
) -> None:
    keys = [f"key {n}" for n in range(100)]
    bot.executemany(REPLACE, [(key, b"x", None) for key in keys])
    async with Follower(store) as seen:
        bot.execute("DELETE FROM sm_storage")
        await until(lambda: len(seen.gaps) > 1 or set(keys) <= set(seen.keys))


async def test_its_feed_names_rows_that_took_the_place_of_deleted_ones(
    bot: sqlite3.Connection, store: SQLiteStorage
) -> None:
    bot.executemany(REPLACE, [(f"key {n}", b"x", None) for n in range(50)])
    async with Follower(store) as seen:
        bot.execute("BEGIN")
        bot.execute("DELETE FROM sm_storage WHERE key IN ('key 48', 'key 49')")
        bot.execute(REPLACE, ("new", b"x", None))
        bot.execute(REPLACE, ("key 49", b"y", None))
        bot.execute("COMMIT")
        await seen.sees("key 48", "key 49", "new")


async def test_its_feed_names_what_was_read_and_is_gone_again(
    bot: sqlite3.Connection, store: SQLiteStorage
) -> None:
    """Set, read and deleted between two looks: whoever read it must hear of it."""
    bot.execute("PRAGMA busy_timeout = 5000")  # as stock: it may meet the feed's look
    bot.execute(REPLACE, ("other", b"x", None))
    async with Follower(store) as seen:
        for number in range(20):
            key, gaps = f"brief {number}", len(seen.gaps)
            bot.execute(REPLACE, (key, b"x", None))
            found = await store.fetch([key])
            bot.execute("DELETE FROM sm_storage WHERE key = ?", (key,))
            bot.execute(REPLACE, ("other", b"%d" % number, None))
            assert found[0] is not None
            await until(lambda key=key, gaps=gaps: key in seen.keys or len(seen.gaps) > gaps)


async def test_it_sees_thousands_of_rows_in_one_commit(
    bot: sqlite3.Connection, store: SQLiteStorage
) -> None:
    async with Follower(store) as seen:
        bot.execute("BEGIN")
        bot.executemany(REPLACE, [(f"key {n}", b"x", None) for n in range(7000)])
        bot.execute("COMMIT")
        await seen.sees(*(f"key {n}" for n in range(7000)))
        assert len(seen.keys) == 7000


async def test_its_feed_sees_a_process_that_is_killed_while_it_writes(
    store: SQLiteStorage, sqlite_path: str, tmp_path: Path
) -> None:
    script = (
        "import itertools, sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=5)\n"
        "connection.execute('PRAGMA synchronous = OFF')\n"
        f"for n in itertools.count():\n"
        f"    connection.execute({REPLACE!r}, (f'key {{n % 50}}', b'x' * n, None))"
    )
    async with Follower(store) as seen:
        writer = await asyncio.create_subprocess_exec(sys.executable, "-c", script, sqlite_path)
        await until(lambda: len(seen.keys) > 100)
        writer.kill()
        await writer.wait()
        last = "SELECT key FROM sm_storage ORDER BY rowid DESC LIMIT 1"
        with closing(sqlite3.connect(sqlite_path)) as connection:
            [(key,)] = connection.execute(last).fetchall()
        await until(lambda: seen.keys[-1] == key)
        await store.set("after", b"x")
        await seen.sees("after")


async def test_it_does_not_hold_the_event_loop_while_it_writes(sqlite_path: str) -> None:
    async with SQLiteStorage({"SQLITE_PATH": sqlite_path}) as store:

        async def longest_hold() -> float:
            writing = asyncio.gather(*(store.set(f"key {n}", b"x" * 2000) for n in range(20)))
            longest, before = 0.0, time.perf_counter()
            while not writing.done():
                await asyncio.sleep(0)
                now = time.perf_counter()
                longest, before = max(longest, now - before), now
            return longest

        # The best of some: the machine itself may stop the process for longer.
        assert min([await longest_hold() for _ in range(20)]) < 0.001


async def test_it_says_what_is_no_store(tmp_path: Path) -> None:
    path = tmp_path / "text.db"
    await asyncio.to_thread(path.write_text, "this is no database, but text" * 100)
    with pytest.raises(StoreUnavailable, match="cannot be read as an SQLite file"):
        await SQLiteStorage({"SQLITE_PATH": str(path)})
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        await SQLiteStorage({"SQLITE_PATH": str(tmp_path / "no" / "directory.db")})
    empty = str(tmp_path / "empty.db")
    with closing(sqlite3.connect(empty)) as connection:
        connection.execute("CREATE TABLE other (x)")
    with pytest.raises(StoreUnavailable, match="the table sm_storage is missing"):
        await SQLiteStorage({"SQLITE_PATH": empty, "SQLITE_CREATE": False})


async def test_it_works_in_memory_only() -> None:
    async with SQLiteStorage({"SQLITE_PATH": ":memory:"}) as store:
        await store.set("key", b"x")
        assert await store.get("key") == b"x"
