"""From a bot's write to the changed row in a real browser."""

import asyncio
import os
import shutil
import time
from typing import Final

from playwright.async_api import Page, async_playwright

from storage_core import PluginStorage
from tests.bench.live import (
    ADDRESS,
    SQLITE_MORE,
    figures,
    plugin,
    stores,
)
from tests.bench.scale import Scale
from tests.bench.served import Client, served
from tests.bench.table import Row, at_most, printed
from tests.browser.chromium import FLAGS

__all__ = ["run"]

# Resolves with the moment, in milliseconds since the epoch, when the text stands in the rows.
LOOK: Final = """
text => new Promise(resolve => {
  const look = () => {
    if (!document.querySelector("#rows")?.textContent.includes(text)) return false;
    watching.disconnect();
    resolve(performance.timeOrigin + performance.now());
    return true;
  };
  const watching = new MutationObserver(look);
  watching.observe(document.body, { subtree: true, childList: true, characterData: true });
  look();
})
"""


def run(scale: Scale) -> None:
    """Print the table."""
    with stores() as urls, served(**urls) as client:
        found = asyncio.run(rows(client, urls, scale))
    printed("browser: from a bot's write to the row in Chromium, milliseconds", found)


async def rows(client: Client, urls: dict[str, str], scale: Scale) -> list[Row]:
    """A quiet page of each store."""
    found: list[Row] = []
    rounds = max(3, scale.rounds // 10)
    path = os.environ.get("CUBBYHOLE_TEST_CHROMIUM") or shutil.which("chromium")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        base = f"http://{client.host}"
        context = await chromium.new_context(base_url=base)
        await context.add_cookies(
            [{"name": name, "value": value, "url": base} for name, value in client.cookies.items()]
        )
        for kind, url in urls.items():
            page = await context.new_page()
            await page.goto(ADDRESS.replace("prod", kind, 1))
            await page.wait_for_selector('#badge[data-state="live"]')
            async with plugin(url) as storage:
                delays = []
                for number in range(rounds):
                    await asyncio.sleep(scale.pause)
                    delays.append(await delay(page, storage, f"written {number}."))
            more = SQLITE_MORE if kind == "sqlite" else 0
            found += figures(f"{kind}, quiet page", delays, (at_most(40 + more), None))
            await page.close()
        await chromium.close()
    return found


async def delay(page: Page, storage: PluginStorage, text: str) -> float:
    """Seconds from a write to its row."""
    shown = asyncio.create_task(page.evaluate(LOOK, text))
    await page.evaluate("0")  # by now the page is looking
    written = time.time()
    await storage.set("a counter", text)
    return float(await shown) / 1000 - written
