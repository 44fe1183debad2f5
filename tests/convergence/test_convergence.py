"""Whatever happens to a store, its pages end equal to it within two seconds of quiet."""

import asyncio
import sqlite3
import sys
from contextlib import closing

import pytest

from tests.convergence.sights import in_browser, in_store, on_pages
from tests.waiting import until

QUIET = 2  # seconds after which what is shown is what is there
KARMA = "acme.plugins.Karma:"
ALERT = "#status [role=alert]"
LOCK = """
import sqlite3, sys
file = sqlite3.connect(sys.argv[1])
file.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
input()
"""


@pytest.fixture
def converged(urls, client):
    """Whether the open page and all other pages come to show what the store holds."""

    async def converged(store, page):
        async def is_equal():
            held = await in_store(urls[store])
            mine = {key: size for key, size in held.items() if key.startswith(KARMA)}
            return await in_browser(page) == mine and await on_pages(client, store) == held

        await until(is_equal, seconds=QUIET)
        return await in_store(urls[store])

    return converged


async def test_ten_thousand_changes_with_dropped_sockets(look, way, writing, urls, converged):
    page = await look("team")
    async with writing(urls["team"], 10_000) as bot:
        while bot.returncode is None:
            await asyncio.sleep(0.4)
            way.drop()
    assert way.dropped > 5
    assert len(await converged("team", page)) > 50


async def test_a_server_that_is_killed_and_comes_back(look, server, writing, urls, converged):
    page = await look("team")
    async with writing(urls["team"], 4_000, seed=8):
        server.kill()
        await page.wait_for_selector(ALERT)
        server.start()
        await page.wait_for_selector(ALERT, state="detached")
    assert await converged("team", page)


async def test_a_flush_while_the_bot_writes(look, server, writing, urls, converged):
    page = await look("team")
    async with writing(urls["team"], 2_000, seed=9):
        await asyncio.to_thread(server.command, "FLUSHALL")
    assert await converged("team", page)
    await asyncio.to_thread(server.command, "FLUSHALL")
    assert await converged("team", page) == {}


async def test_a_server_that_is_paused(look, server, writing, urls, converged):
    page = await look("team")
    async with writing(urls["team"], 3_000, seed=10):
        server.pause()
        await page.wait_for_selector(ALERT, timeout=4000)
        server.resume()
        await page.wait_for_selector(ALERT, state="detached", timeout=5000)
    assert await converged("team", page)


async def test_a_file_that_is_locked(look, writing, urls, converged):
    page = await look("file")
    file = urls["file"].removeprefix("sqlite:///")
    async with writing(urls["file"], 2_000, seed=11):
        locking = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", LOCK, file),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        await locking.stdout.readline()
        await page.wait_for_selector(ALERT)
        await locking.communicate(b"\n")
        await page.wait_for_selector(ALERT, state="detached", timeout=5000)
    assert await converged("file", page)


async def test_a_row_that_was_deleted_behind_everybody(look, urls, converged):
    page = await look("file")
    with closing(sqlite3.connect(urls["file"].removeprefix("sqlite:///"))) as connection:
        connection.execute("DELETE FROM sm_storage WHERE key LIKE 'acme.plugins.%'")
        connection.commit()
    held = await converged("file", page)
    assert not any(key.startswith(KARMA) for key in held)
