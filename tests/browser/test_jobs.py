"""The whole job of each kind of user, done with the keyboard alone."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.acme.bot_name import PLUGIN
from tests.browser.test_journey import LIVE

MOST_STOPS = 400  # each key of a list is one, and other tests leave theirs


async def jump(page: Page, text: str, line: str) -> None:
    """Open what the palette calls `line`, and leave the page where one is."""
    before = page.url
    await page.keyboard.press("Control+k")
    await page.keyboard.type(text)
    named = page.get_by_text(line, exact=True)
    found = page.locator(f'#found[data-for="{text}"] a').filter(has=named).first
    await expect(found).to_be_visible()
    for _ in range(MOST_STOPS):
        await page.keyboard.press("ArrowDown")
        if await found.evaluate("e => e === document.activeElement"):
            break
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda url: url != before)
    await page.locator(LIVE).wait_for()


async def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until `wanted` has the focus."""
    await wanted.wait_for()
    for _ in range(MOST_STOPS):
        if await wanted.evaluate("e => e === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    pytest.fail(f"The keyboard does not get to {wanted}.")


async def press(page: Page, button: Locator) -> None:
    await tab_to(page, button)
    await page.keyboard.press("Enter")


@pytest.fixture
def bot(bots):
    return bots["file"]


async def test_support_finds_corrects_and_undoes(bot, sign_in):
    bot.tell("set", "ticket-77", value="{'status': 'opne', 'n': 1}")
    page = await sign_in("support")
    await page.goto("/")
    await jump(page, "ticket-77", "ticket-77")
    await page.keyboard.press("/")
    await expect(page.locator("#search-value")).to_be_focused()
    await press(page, page.locator("a.leaf", has_text="opne"))
    await expect(page.locator("form.edit [name=text]")).to_be_focused()
    await page.keyboard.press("Control+a")
    await page.keyboard.type("open")
    await page.keyboard.press("Enter")
    await tab_to(page, page.locator("[name=reason]"))
    await page.keyboard.type("customer wrote")
    await press(page, page.get_by_role("button", name="Save change"))
    await expect(page.locator("#history")).to_contain_text("customer wrote")
    assert bot.tell("get", "ticket-77") == "{'status': 'open', 'n': 1}"
    await press(page, page.locator("#history li a").first)
    await press(page, page.get_by_role("link", name="Undo this change"))
    await press(page, page.get_by_role("button", name="Restore"))
    await expect(page.locator(".note.good")).to_contain_text("is as it was.")
    assert bot.tell("get", "ticket-77") == "{'status': 'opne', 'n': 1}"


async def test_a_team_lead_watches_signs_off_and_sees_what_changed_since(bot, sign_in):
    bot.tell("set", "team-name", value="'Platform'", shared=True)
    page = await sign_in("auditor")
    await page.goto("/file/")
    await jump(page, "team-name", "team-name")
    await jump(page, "watch this", "Watch this key")
    await press(page, page.get_by_role("button", name="Watch", exact=True))
    await expect(page.locator(".note.good")).to_contain_text("You watch it.")
    await jump(page, "sign off", "Sign off the shared keys")
    await tab_to(page, page.get_by_label("Remark"))
    await page.keyboard.type("as agreed")
    await press(page, page.get_by_role("button", name="Sign off"))
    await expect(page.locator(".signed")).to_contain_text("as agreed")
    bot.tell("set", "team-name", value="'Platform 2'", shared=True)
    row = page.locator("#audit tr", has_text="team-name")
    await expect(row.locator(".since-changed")).to_have_text("changed")
    await jump(page, "you watch", "What you watch")
    await expect(page.locator("main")).to_contain_text("team-name")
    await jump(page, "findings", "Worth a look")
    await expect(page.locator("h1")).to_contain_text("Worth a look")


async def test_an_admin_lets_a_person_in_gives_a_role_and_takes_it_away(bot, sign_in, chromium):
    bot.tell("set", "known", value="1")
    page = await sign_in("admin")
    await page.goto("/")
    await jump(page, "people", "People")
    await tab_to(page, page.locator("#name"))
    await page.keyboard.type("mina")
    await tab_to(page, page.locator("#g-role"))
    await page.keyboard.type("Reader")
    await press(page, page.get_by_role("button", name="Add person"))
    link = await page.get_by_label("Sign-in link").input_value()
    mina = await (await chromium.new_context()).new_page()
    await mina.goto(link)
    await mina.goto(f"{link.partition('/sign-in/')[0]}/file/ns/?ns={PLUGIN}")
    await expect(mina.locator("#rows")).to_contain_text("known")
    await press(page, page.get_by_role("link", name="mina", exact=True))
    await press(page, page.get_by_role("button", name="Take away Reader"))
    await expect(page.locator(".note.good")).to_be_visible()
    await mina.reload()
    await expect(mina.locator("h1")).to_have_text("There is nothing here")
    await jump(page, "journal", "Journal")
    await expect(page.locator("#lines tbody tr").first).to_contain_text("mina")
    await mina.context.close()


async def test_the_keyboard_is_explained_and_help_is_a_key_away(sign_in):
    page = await sign_in("reader")
    await page.goto("/file/")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_contain_text("Ctrl K")
    await press(page, page.get_by_role("link", name="All help"))
    await page.wait_for_url("**/help/")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Reading a value")


async def test_the_palette_is_a_page_without_a_script(bot, sign_in):
    bot.tell("set", "scriptless", value="1")
    page = await sign_in("editor", java_script_enabled=False)
    await page.goto(f"/file/key/?key={PLUGIN}:scriptless")
    await page.locator("#jump").fill("delete")
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="Delete this key").click()
    await expect(page.locator("h1")).to_contain_text("Delete")
