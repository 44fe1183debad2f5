"""axe finds nothing on any page, in either theme, wide or narrow."""

import pytest
from axe_playwright_python.async_playwright import Axe

from tests.browser.acme.bot_name import PLUGIN

KEY = f"/file/key/?key={PLUGIN}:looked-at"
PAGES = {
    "overview": "/",
    "search": "/?q=looked&at=/file/",
    "where to": "/?at=/file/",
    "help": "/help/",
    "help page": "/help/roles/",
    "findings": "/file/findings/",
    "audit": "/file/audit/",
    "sign off": "/file/audit/review/",
    "pictures": "/file/pictures/",
    "search in values": "/file/search/?q=a",
    "watches": "/watches/",
    "store": "/file/",
    "plugin": f"/file/ns/?ns={PLUGIN}",
    "nothing found": f"/file/ns/?ns={PLUGIN}&q=zzz",
    "shared": "/file/shared/",
    "value": KEY,
    "hex": f"{KEY}&raw=1",
    "edit": KEY.replace("/key/", "/key/edit/") + "&path=['team']",
    "source": KEY.replace("/key/", "/key/edit/") + "&path=&as_=source",
    "add": KEY.replace("/key/", "/key/shape/") + "&path=&do=add",
    "expiry": KEY.replace("/key/", "/key/expiry/"),
    "delete": KEY.replace("/key/", "/key/delete/"),
    "watch": KEY.replace("/key/", "/key/watch/"),
    "why": f"/account/why/?verb=edit&store=file&ns={PLUGIN}",
    "new key": f"/file/new/?ns={PLUGIN}",
    "journal": "/journal/",
    "account": "/account/",
    "not there": "/file/key/?key=nothing",
}


async def faults_of(page) -> list[str]:
    found = (await Axe().run(page)).response["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize(("theme", "width"), [("light", 390), ("dark", 1440)])
async def test_axe_finds_nothing_on_any_page(bots, sign_in, theme, width):
    bots["file"].tell("set", "looked-at", value="{'team': 'a', 'n': [1, {'deep': None}]}")
    viewport = {"width": width, "height": 900}
    page = await sign_in("admin", color_scheme=theme, viewport=viewport)
    faults = {}
    for name, address in PAGES.items():
        await page.goto(address)
        if found := await faults_of(page):
            faults[name] = found
    assert faults == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_for_those_who_may_only_look_or_not_even_that(bots, sign_in, theme):
    bots["file"].tell("set", "looked-at", value="{'team': 'a', 'n': [1, {'deep': None}]}")
    page = await sign_in("reader", color_scheme=theme)
    await page.goto(KEY)
    assert await faults_of(page) == []
    await page.context.clear_cookies()
    await page.goto("/sign-in/")
    assert await faults_of(page) == []


@pytest.mark.parametrize("width", [360, 768])
async def test_no_page_is_wider_than_the_window(bots, sign_in, width):
    bots["file"].tell("set", "looked-at", value="{'team': 'a', 'n': [1]}")
    bots["file"].tell("set", "long-" + "x" * 300, value=repr("y" * 300))
    page = await sign_in("admin", viewport={"width": width, "height": 800})
    wide = []
    for name, address in PAGES.items():
        await page.goto(address)
        if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(name)
    assert wide == []
