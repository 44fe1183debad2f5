"""Whoever waits for the server is told so, and what they sent is not sent a second time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Dialog, Page, Route, expect

from tests.browser.dashboard import Bot
from tests.browser.test_journey import change, open_key

STORE = "file"
WORDS = "Working on it …"


@pytest.fixture
def bot(bots: dict[str, Bot]) -> Bot:
    return bots[STORE]


@asynccontextmanager
async def held(
    page: Page, path: str, method: str = "POST", *, is_refused: bool = False
) -> AsyncIterator[list[str]]:
    """The server answers what is asked of `path` only at the end; gives what is asked of it."""
    asked: list[str] = []
    is_over = asyncio.Event()

    async def answer(route: Route) -> None:
        if route.request.method == method:
            asked.append(route.request.url)
            await is_over.wait()
        if is_refused and asked == [route.request.url]:
            await route.fulfill(status=403, body="<p data-said>Not now.</p>")
        else:
            await route.continue_()

    await page.route(f"**{path}*", answer)
    yield asked
    is_over.set()


async def test_a_save_that_takes_its_time_says_so_and_is_sent_once(bot, sign_in):
    bot.tell("set", "slow", value="{'a': 'one'}")
    page = await sign_in()
    await open_key(page, STORE, "slow")
    await change(page, "one", "two")
    status = page.get_by_role("status").filter(has_text=WORDS)
    async with held(page, "/key/edit/") as asked:
        await page.get_by_role("button", name="Save change").click()
        await expect(status).to_be_visible()
        await expect(page.locator("form.edit")).to_have_attribute("aria-busy", "true")
        await page.get_by_role("button", name="Save change").click()
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="Review again").press("Enter")
    await expect(page.locator("#value .note.good")).to_contain_text("Saved.")
    await expect(status).to_have_count(0)
    assert len(asked) == 1


async def test_a_save_that_was_refused_is_sent_again_only_when_it_is_pressed_again(bot, sign_in):
    bot.tell("set", "slow", value="{'a': 'one'}")
    page = await sign_in()
    await open_key(page, STORE, "slow")
    await change(page, "one", "two")
    save = page.get_by_role("button", name="Save change")
    async with held(page, "/key/edit/", is_refused=True) as asked:
        await save.click()
        await save.click()
    await expect(page.locator("form.edit .error")).to_contain_text("Not now.")
    assert len(asked) == 1
    await save.click()
    await expect(page.locator("#value .note.good")).to_contain_text("Saved.")
    assert len(asked) == 2


async def test_a_button_that_takes_its_time_to_open_something_says_so(bot, sign_in):
    bot.tell("set", "slow", value="{'a': 'one'}")
    page = await sign_in()
    await open_key(page, STORE, "slow")
    status = page.get_by_role("status").filter(has_text=WORDS)
    async with held(page, "/key/expiry/", "GET") as asked:
        expiry = page.locator("#value .actions").get_by_role("link", name="Expiry")
        await expiry.click()
        await expect(status).to_be_visible()
        await expiry.click()
    await expect(page.locator("#action form")).to_have_count(1)
    await expect(status).to_have_count(0)
    assert len(asked) == 1


async def test_a_form_that_loads_another_page_says_so_and_is_sent_once(bot, sign_in):
    page = await sign_in("admin")
    await page.goto("/people/groups/")
    await page.locator("#name").fill("slow group")
    is_said = asyncio.Event()
    await page.expose_function("said", lambda words: is_said.set() if words == WORDS else None)
    note = "(all) => said(all[0].target.textContent)"
    await page.evaluate(f"new MutationObserver({note}).observe(waiting, {{ childList: true }})")
    async with held(page, "/groups/") as asked:
        await page.keyboard.press("Enter")
        await asyncio.wait_for(is_said.wait(), 20)
        await page.keyboard.press("Enter")
    await expect(page.get_by_text("slow group").first).to_be_visible()
    assert len(asked) == 1


async def test_whoever_stays_after_all_can_send_it_again(bot, sign_in):
    bot.tell("set", "slow", value="{'a': 'one', 'password': 'hunter2'}")
    page = await sign_in("admin")
    await open_key(page, STORE, "slow")
    await page.locator("a.leaf", has_text="one").click()
    await page.locator("form.edit [name=text]").fill("two")
    is_left = iter([False, True])

    async def answer(dialog: Dialog) -> None:
        await (dialog.accept() if next(is_left) else dialog.dismiss())

    page.on("dialog", answer)
    reveal = page.get_by_role("button", name="Reveal")
    async with page.expect_event("dialog"):
        await reveal.click(no_wait_after=True)
    await expect(page.locator("form[aria-busy]")).to_have_count(0)
    async with page.expect_request("**/key/reveal/*"):
        await reveal.click(no_wait_after=True)
