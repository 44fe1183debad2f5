"""What the pages of a store show, and what is in the store: sizes in words by stored key."""

import html
import re
from typing import Final
from urllib.parse import parse_qs, urlsplit

import httpx
from playwright.async_api import Page

from dashboard.web import wording
from storage_core import BrowsableStorage, open_storage

__all__ = ["Sight", "in_browser", "in_store", "on_pages"]

Sight = dict[str, str]

PLACE: Final = re.compile(r'<a id="a-[^"]*" href="([^"]*)"')
ROW: Final = re.compile(
    r'<a class="mono" id="k-[^"]*" href="([^"]*)".*?<td class="num soft">([^<]*)<'
)
# The same of the rows in an open page.
ROWS: Final = """
() => [...document.querySelectorAll("#rows tbody tr")]
  .map(row => [row.querySelector("a").getAttribute("href"), row.cells[1].textContent])
"""


def key_in(address: str) -> str:
    """The stored key that a link opens."""
    return parse_qs(urlsplit(html.unescape(address)).query, keep_blank_values=True)["key"][0]


async def in_store(url: str) -> Sight:
    """What the store itself says."""
    found: Sight = {}
    async with open_storage(url) as backend:
        assert isinstance(backend, BrowsableStorage)
        async for entries in backend.scan():
            for entry in await backend.describe([entry.key for entry in entries]):
                if entry is not None:
                    found[entry.key] = wording.size(entry.size)
    return found


async def on_pages(client: httpx.AsyncClient, store: str) -> Sight:
    """What somebody finds who opens the store's page, and every list that it links to."""
    home = (await client.get(f"/{store}/")).raise_for_status()
    found: Sight = {}
    for address in PLACE.findall(home.text):
        page = await client.get(html.unescape(address))
        if page.status_code != 404:  # the last key may have gone since
            found |= {key_in(link): size for link, size in ROW.findall(page.text)}
    return found


async def in_browser(page: Page) -> Sight:
    """What stands in the list of an open page, which nobody has reloaded."""
    return {key_in(link): size for link, size in await page.evaluate(ROWS)}
