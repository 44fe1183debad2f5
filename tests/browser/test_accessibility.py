"""axe finds nothing on any page, in either theme, wide or on a phone, and none is too wide."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.acme.bot_name import PLUGIN
from tests.browser.inspection import PHONE, WIDE, faults_of
from tests.browser.test_journey import change, open_key

KEY = f"/file/key/?key={PLUGIN}:looked-at"
SECRET = f"/file/key/?key={PLUGIN}:secrets"
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
    "pictures of a plugin": f"/file/pictures/?ns={PLUGIN}",
    "search in values": "/file/search/?q=a",
    "watches": "/watches/",
    "store": "/file/",
    "plugin": f"/file/ns/?ns={PLUGIN}",
    "narrowed": f"/file/ns/?ns={PLUGIN}&larger=10&smaller=x",
    "nothing found": f"/file/ns/?ns={PLUGIN}&q=zzz",
    "shared": "/file/shared/",
    "value": KEY,
    "part": KEY + "&path=['team']",
    "masked": SECRET,
    "hex": f"{KEY}&raw=1",
    "found in it": KEY.replace("/key/", "/key/find/") + "&q=deep",
    "edit": KEY.replace("/key/", "/key/edit/") + "&path=['team']",
    "source": KEY.replace("/key/", "/key/edit/") + "&path=&as_=source",
    "menu": KEY.replace("/key/", "/key/menu/") + "&path=['team']",
    "add": KEY.replace("/key/", "/key/shape/") + "&path=&do=add",
    "expiry": KEY.replace("/key/", "/key/expiry/"),
    "delete": KEY.replace("/key/", "/key/delete/"),
    "watch": KEY.replace("/key/", "/key/watch/"),
    "timeline": KEY.replace("/key/", "/key/timeline/"),
    "history": "/file/history/",
    "keep history": f"/file/history/mark/?ns={PLUGIN}",
    "keep a key's history": KEY.replace("/key/", "/history/mark/"),
    "why": f"/account/why/?verb=edit&store=file&ns={PLUGIN}",
    "new key": f"/file/new/?ns={PLUGIN}",
    "journal": "/journal/?person=admin",
    "people": "/people/",
    "person": "/people/1/",
    "groups": "/people/groups/",
    "grants": "/people/grants/",
    "what a role opens": "/people/grants/?role=support&store=file&where=",
    "account": "/account/",
    "is it you": "/account/confirm/?next=/",
    "not there": "/file/key/?key=nothing",
    "nowhere": "/a/b/c/d/",
}
REFUSED = {"value": KEY, "refused": KEY.replace("/key/", "/key/delete/"), "admins only": "/people/"}


@pytest.fixture
def bot(bots):
    bots["file"].tell("set", "looked-at", value="{'team': 'a', 'n': [1, {'deep': None}]}")
    bots["file"].tell("set", "secrets", value="{'token': 'a', 'name': 'b'}")
    bots["file"].tell("set", "long-" + "x" * 300, value=repr("y" * 300))
    return bots["file"]


async def inspect(page: Page, pages: dict[str, str]) -> dict[str, list[str]]:
    """The faults of each of the pages."""
    found = {}
    for name, address in pages.items():
        await page.goto(address)
        if faults := await faults_of(page):
            found[name] = faults
    return found


async def test_axe_finds_nothing_on_any_page(bot, sign_in):
    page = await sign_in("admin", viewport=WIDE)
    assert await inspect(page, PAGES) == {}


async def test_axe_finds_nothing_for_those_who_may_only_look(bot, sign_in):
    page = await sign_in("reader")
    assert await inspect(page, REFUSED) == {}


async def test_axe_finds_nothing_for_those_who_are_signed_out(sign_in):
    page = await sign_in("reader")
    await page.context.clear_cookies()
    assert await inspect(page, {"sign in": "/sign-in/", "used link": "/sign-in/used/"}) == {}
    await page.goto("/sign-in/")
    await page.get_by_label("Name").fill("nobody")
    await page.get_by_label("Password").fill("wrong")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.locator(".error")).to_be_visible()
    assert await faults_of(page) == []


async def test_axe_finds_nothing_where_a_password_is_asked_for_again(sign_in, dashboard):
    page = await sign_in("reader")
    await page.context.clear_cookies()
    await page.goto(dashboard.link_for("keeper", "reader"))
    await page.goto("/account/")
    await page.get_by_label("New password", exact=True).fill("correct horse battery")
    await page.get_by_label("New password, again").fill("correct horse battery")
    await page.get_by_role("button", name="Save password").click()
    await expect(page.locator(".note.good")).to_be_visible()
    await page.goto("/account/confirm/?next=/")
    await page.get_by_label("Password").fill("wrong")
    await page.get_by_role("button", name="Go on").click()
    await expect(page.locator(".error")).to_be_visible()
    assert await faults_of(page) == []


async def test_axe_finds_nothing_on_what_was_revealed(bot, sign_in):
    page = await sign_in("admin")
    await page.goto(SECRET)
    await page.get_by_role("button", name="Reveal").click()
    await expect(page.locator(".note.masked")).to_contain_text("Nothing is masked for you.")
    assert await faults_of(page) == []
    await page.get_by_role("button", name="Mask again").click()
    await expect(page.locator(".note.masked")).to_contain_text("are masked.")


async def test_axe_finds_nothing_on_a_change_and_what_became_of_it(bot, sign_in):
    bot.tell("set", "entry", value="{'team': 'platfrom'}")
    page = await sign_in("admin", viewport=WIDE)
    await open_key(page, "file", "entry")
    await change(page, "platfrom", "platform")
    assert await faults_of(page) == []
    bot.tell("set", "entry", value="{'team': 'somebody else'}")
    await page.get_by_role("button", name="Save change").click()
    await page.get_by_label("You wrote").check()
    assert await faults_of(page) == []
    await page.get_by_role("button", name="Use these").click()
    await page.get_by_role("button", name="Save change").click()
    await page.locator("#history li a").first.click()
    await page.wait_for_url("**/journal/*/")
    entry = page.url
    assert await inspect(page, {"entry": entry, "restore": f"{entry}restore/"}) == {}


async def test_axe_finds_nothing_on_what_opens_above_a_page(bot, sign_in):
    page = await sign_in("admin", viewport=PHONE)
    await page.goto(f"/file/ns/?ns={PLUGIN}")
    await page.locator(".filters summary").click()
    faults = await faults_of(page)
    await page.locator(".bar .menu > summary").click()
    faults += await faults_of(page)
    await page.locator(".bar .menu > summary").click()
    await page.keyboard.press("?")
    faults += await faults_of(page)
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("looked")
    await page.locator('#found[data-for="looked"] a').first.wait_for()
    assert faults + await faults_of(page) == []


async def test_nothing_moves_for_those_who_want_nothing_to_move(sign_in):
    page = await sign_in("reader", reduced_motion="reduce")
    await page.goto("/")
    moving = """[...document.querySelectorAll("*")].filter(one => {
        const style = getComputedStyle(one);
        const seconds = `${style.transitionDuration},${style.animationDuration}`.split(",");
        return seconds.some(said => parseFloat(said) > 0);
    }).map(one => one.outerHTML.slice(0, 80))"""
    assert await page.evaluate(moving) == []
