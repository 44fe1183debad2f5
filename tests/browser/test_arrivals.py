"""What has just come into a page works from its first moment: nobody waits for it to settle."""

import asyncio

import pytest
from playwright.async_api import Page, expect

from tests.browser.acme.bot_name import PLUGIN
from tests.browser.dashboard import Bot
from tests.browser.test_journey import open_key

STORE = "file"
# Runs before anything else can happen in the page, right after the swap that brings the element.
AT_ARRIVAL = """([selector, act, given]) => {
  const acts = {
    click: (element) => element.click(),
    press: () => document.activeElement.dispatchEvent(
      new KeyboardEvent("keydown", { key: given, bubbles: true, cancelable: true })),
    fill: (element) => {
      element.value = given;
      element.dispatchEvent(new Event("input", { bubbles: true }));
    },
  };
  new MutationObserver((_, observer) => {
    const arrived = document.querySelector(selector);
    if (!arrived) return;
    observer.disconnect();
    acts[act](arrived);
    window.hasActed();
  }).observe(document.body, { childList: true, subtree: true });
  window.isSamePage = true;
}"""


@pytest.fixture
def bot(bots: dict[str, Bot]) -> Bot:
    return bots[STORE]


async def at_arrival(page: Page, selector: str, act: str, given: str = "") -> asyncio.Event:
    """Have it done in `page` the moment an element comes that `selector` finds; when it was."""
    has_acted = asyncio.Event()
    await page.expose_function("hasActed", has_acted.set)
    await page.evaluate(AT_ARRIVAL, [selector, act, given])
    return has_acted


async def test_a_form_that_is_sent_the_moment_it_comes_does_not_load_the_page_anew(bot, sign_in):
    bot.tell("set", "arrived", value="{'a': 'one'}")
    page = await sign_in()
    await open_key(page, STORE, "arrived")
    await page.locator("#value a.leaf").click()
    await page.locator("form.edit [name=text]").fill("two")
    await at_arrival(page, "form.edit [value=save]", "click")
    await page.keyboard.press("Enter")
    await expect(page.locator("#value .note.good")).to_contain_text("Saved.")
    await expect(page.locator("#value a.leaf", has_text="'two'")).to_be_focused()
    assert await page.evaluate("window.isSamePage") is True
    assert bot.tell("get", "arrived") == "{'a': 'two'}"


async def test_a_form_that_is_cancelled_the_moment_it_comes_does_not_load_the_page_anew(
    bot, sign_in
):
    bot.tell("set", "arrived", value="{'a': 'one'}")
    page = await sign_in()
    await open_key(page, STORE, "arrived")
    is_cancelled = await at_arrival(page, "form.edit [data-cancel]", "click")
    await page.locator("#value a.leaf").click()
    await asyncio.wait_for(is_cancelled.wait(), 20)
    await expect(page.locator("#value a.leaf")).to_be_focused()
    assert await page.evaluate("window.isSamePage") is True


async def test_a_menu_that_has_just_come_is_walked_by_the_first_key(bot, sign_in):
    bot.tell("set", "arrived", value="{'a': 'one'}")
    page = await sign_in()
    await open_key(page, STORE, "arrived")
    await page.locator("#value a.leaf").focus()
    await page.keyboard.press("Tab")
    await at_arrival(page, "#value details.menu[open]", "press", "ArrowDown")
    await page.keyboard.press("Enter")
    menu = page.locator("#value details.menu[open]")
    await expect(menu.get_by_text("Edit as typed text")).to_be_focused()


async def test_a_date_picker_that_is_filled_the_moment_it_comes_keeps_what_it_got(bot, sign_in):
    page = await sign_in()
    await page.goto(f"/{STORE}/new/?ns={PLUGIN}")
    await page.locator("#name").fill("picked")
    await at_arrival(page, "#text[type=datetime-local]", "fill", "2026-11-24T09:00:05")
    await page.locator("#kind-datetime").check()
    field = page.locator("#text[type=datetime-local]")
    await expect(field).to_have_value("2026-11-24T09:00:05")
    await page.get_by_role("button", name="Create key").click()
    await expect(page.locator("#value")).to_contain_text("picked is created.")
    assert bot.tell("get", "picked") == "datetime.datetime(2026, 11, 24, 9, 0, 5)"


async def test_what_is_typed_the_moment_a_form_comes_is_not_replaced_by_what_was_typed_before(
    bot, sign_in
):
    bot.tell("set", "again", value="'one'")
    page = await sign_in()
    await open_key(page, STORE, "again")
    await page.locator("#value a.leaf").click()
    await page.locator("form.edit [name=text]").fill("two")
    await page.reload()
    await at_arrival(page, "form.edit [name=text]", "fill", "three")
    await page.locator("#value a.leaf").click()
    await expect(page.locator("form.edit [data-typed-before]")).to_be_visible()
    await expect(page.locator("form.edit [name=text]")).to_have_value("three")
