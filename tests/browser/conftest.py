"""A running dashboard with two bots, and a browser that reports what should not happen."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    async_playwright,
    expect,
)

from dashboard.access import ROLES
from tests.browser.chromium import FLAGS
from tests.browser.dashboard import Bot, Dashboard
from tests.redis_server import RedisServer

HERE = Path(__file__).parent
# A refused or unfinished form, and a page that is not there, are answers, not faults.
ANSWERS = ("status of 404", "status of 409", "status of 422", "status of 403", "Code 403")
# What htmx says of a request that was under way when the page was left.
LEFT = ("htmx:afterRequest", "htmx:sendAbort")
VISITORS = {"newcomer": "reader", "leaver": "reader", "keeper": "reader", "tabs": "editor"}
"""People who come by a link of their own, by name and role; who else comes is named by role."""
PATIENCE = 20_000  # ms; two busy cores are slow, and a wait that is met costs nothing
expect.set_options(timeout=PATIENCE)

SignIn = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
def urls(tmp_path_factory: pytest.TempPathFactory, redis_server: RedisServer) -> dict[str, str]:
    """The stores: a file and a Redis, as bots use them."""
    file = tmp_path_factory.mktemp("bot") / "bot.db"
    return {"file": f"sqlite:///{file}", "team": redis_server.url}


@pytest.fixture(scope="session")
def bots(urls: dict[str, str]) -> Iterator[dict[str, Bot]]:
    running = {
        name: Bot(url + ("?create=1" if name == "file" else "")) for name, url in urls.items()
    }
    for bot in running.values():
        bot.tell("set", "welcome", value="'hello'")
    yield running
    for bot in running.values():
        bot.stop()


@pytest.fixture(scope="session")
def dashboard(
    tmp_path_factory: pytest.TempPathFactory, urls: dict[str, str], bots: dict[str, Bot]
) -> Iterator[Dashboard]:
    running = Dashboard(tmp_path_factory.mktemp("dashboard"), urls)
    running.invite({role: role for role in ROLES} | VISITORS)
    yield running
    running.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for all tests here: so one browser serves them, each with pages of its own."""
    for item in items:
        if HERE in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    path = os.environ.get("CUBBYHOLE_TEST_CHROMIUM") or shutil.which("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def sign_in(chromium: Browser, dashboard: Dashboard) -> AsyncIterator[SignIn]:
    """A page of somebody who is signed in. Ends the test if a page of theirs reports a fault."""
    faults: list[str] = []
    contexts: list[BrowserContext] = []

    def note(message: ConsoleMessage) -> None:
        expected = (*ANSWERS, *LEFT)
        if message.type in {"error", "warning"} and not any(e in message.text for e in expected):
            faults.append(message.text)

    async def signed_in(role: str = "editor", **options: object) -> Page:
        context = await chromium.new_context(base_url=dashboard.url, **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        await context.add_cookies(dashboard.cookies_of(role))
        page = await context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    yield signed_in
    for context in contexts:
        await context.close()
    assert faults == []
