"""A dashboard of a Redis and a file, a browser that looks at both, and a bot that writes."""

import asyncio
import os
import shutil
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from functools import partial
from typing import Final
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.async_api import Page, async_playwright

from storage_core import open_storage
from tests.browser.chromium import FLAGS
from tests.browser.dashboard import Dashboard
from tests.convergence.dropping import Dropping
from tests.redis_server import RedisServer
from tests.waiting import until

BOT: Final = "tests.convergence.bot"
PATIENCE: Final = 8000  # ms
FIRST: Final = "acme.plugins.Karma:key-00"
LIST: Final = "/{store}/ns/?ns=acme.plugins.Karma"

Writing = Callable[..., AbstractAsyncContextManager[asyncio.subprocess.Process]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis that keeps what it was told when it is killed."""
    directory = tmp_path_factory.mktemp("redis")
    running = RedisServer(directory, "--appendonly", "yes", "--appendfsync", "always")
    running.start()
    yield running
    running.kill()


@pytest.fixture(scope="module")
def urls(server: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The stores, empty; the file as a stock bot makes it."""
    file = tmp_path_factory.mktemp("bot") / "bot.db"
    with closing(sqlite3.connect(file)) as stock:
        stock.execute(
            "CREATE TABLE sm_storage"
            " (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires_at INTEGER)"
        )
    return {"team": server.url, "file": f"sqlite:///{file}"}


@pytest.fixture(scope="module")
def dashboard(
    urls: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dashboard]:
    running = Dashboard(tmp_path_factory.mktemp("dashboard"), urls)
    yield running
    running.stop()


@pytest.fixture
async def way(dashboard: Dashboard) -> AsyncIterator[Dropping]:
    """The way by which the browser reaches the dashboard."""
    port = urlsplit(dashboard.url).port
    assert port
    opened = Dropping(port)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def look(
    dashboard: Dashboard, way: Dropping, urls: dict[str, str]
) -> AsyncIterator[Callable[..., object]]:
    """Open the list of a plugin, which has at least one key, in Chromium; gives its live page."""
    path = os.environ.get("CUBBYHOLE_TEST_CHROMIUM") or shutil.which("chromium")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        base = f"http://127.0.0.1:{way.port}"
        context = await chromium.new_context(base_url=base)
        context.set_default_timeout(PATIENCE)
        cookies = dashboard.cookies_of("reader")
        await context.add_cookies([{**cookie, "url": base} for cookie in cookies])

        async def look(store: str) -> Page:
            async with open_storage(urls[store]) as backend:
                await backend.set(FIRST, b"x")
            page = await context.new_page()
            await until(partial(is_there, page, LIST.format(store=store)))
            await page.wait_for_selector('#badge[data-state="live"]')
            return page

        yield look
        await chromium.close()


async def is_there(page: Page, address: str) -> bool:
    answer = await page.goto(address)
    return answer is not None and answer.ok


@pytest.fixture
async def client(dashboard: Dashboard) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who opens pages anew."""
    cookies = {cookie["name"]: cookie["value"] for cookie in dashboard.cookies_of("reader")}
    async with httpx.AsyncClient(base_url=dashboard.url, cookies=cookies) as opened:
        yield opened


@pytest.fixture
def writing() -> Writing:
    """A bot in a process of its own: the block begins when it is writing, and it ends by itself."""

    @asynccontextmanager
    async def writing(
        url: str, changes: int, seed: int = 7
    ) -> AsyncIterator[asyncio.subprocess.Process]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", BOT, url, str(changes), str(seed)),
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout
        try:
            assert await process.stdout.readline() == b"begun\n"
            yield process
            assert await process.wait() == 0
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    return writing
