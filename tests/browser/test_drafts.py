"""What a person typed is not lost: by a click, a reload, or a session that ends elsewhere."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.acme.bot_name import PLUGIN
from tests.browser.dashboard import Bot, Dashboard
from tests.browser.test_journey import LIVE

STORE = "file"
LEAF = "form.edit [name=text]"


@pytest.fixture
def bot(bots: dict[str, Bot]) -> Bot:
    return bots[STORE]


async def typed(page: Page, key: str, text: str) -> None:
    await page.goto(f"/{STORE}/key/?key={PLUGIN}:{key}")
    await page.locator(LIVE).wait_for()
    await page.locator("#value a.leaf").first.click()
    await page.locator(LEAF).fill(text)


async def with_own_session(sign_in, dashboard: Dashboard) -> Page:
    """A page of somebody whose session ends without that of anybody in another test."""
    page = await sign_in()
    await page.context.clear_cookies()  # to sign in over a session would end it
    await page.goto(dashboard.link_for("tabs", "editor"))
    return page


async def go_on(page: Page, text: str) -> None:
    await page.locator("[data-typed-here] [data-go-on]").click()
    await expect(page.locator(LEAF)).to_have_value(text)
    await expect(page.locator("form.edit [data-typed-before]")).to_be_visible()


async def kept(page: Page) -> int:
    names = "Object.keys(sessionStorage).filter((name) => name.startsWith('typed '))"
    count: int = await page.evaluate(f"{names}.length")
    return count


async def test_it_is_asked_about_before_another_page_and_back_again_after_it(bot, sign_in):
    bot.tell("set", "draft", value="{'a': 'one'}")
    page = await sign_in()
    kinds: list[str] = []

    async def answer(dialog) -> None:
        kinds.append(dialog.type)
        await (dialog.dismiss() if len(kinds) == 1 else dialog.accept())

    page.on("dialog", answer)
    await typed(page, "draft", "two")
    journal = page.get_by_role("link", name="Journal", exact=True)
    await journal.click(no_wait_after=True)
    await expect(page.locator(LEAF)).to_have_value("two")
    await journal.click()
    await page.wait_for_url("**/journal/")
    await page.go_back()
    await go_on(page, "two")
    assert kinds == ["beforeunload"] * 2


async def test_it_is_back_after_a_reload_and_gone_for_good_when_it_is_saved(bot, sign_in):
    bot.tell("set", "draft", value="{'a': 'one'}")
    page = await sign_in()
    await typed(page, "draft", "two")
    await page.reload()
    await go_on(page, "two")
    await page.get_by_role("button", name="Review change").click()
    await page.get_by_role("button", name="Save change").click()
    await expect(page.locator("#value .note.good")).to_contain_text("Saved.")
    assert bot.tell("get", "draft") == "{'a': 'two'}"
    assert await kept(page) == 0
    await page.reload()
    await expect(page.locator("#value a.leaf")).to_have_text("'two'")
    await expect(page.locator("[data-typed-here]")).to_have_count(0)


async def test_it_says_that_the_bot_wrote_since(bot, sign_in):
    bot.tell("set", "draft", value="{'a': 'one'}")
    page = await sign_in()
    await typed(page, "draft", "two")
    await page.reload()
    bot.tell("set", "draft", value="{'a': 'three'}")
    await expect(page.locator("#value a.leaf")).to_have_text("'three'")
    await go_on(page, "two")
    await expect(page.get_by_text("The stored value has changed since.")).to_be_visible()
    await page.locator("form.edit [data-discard]").click()
    await expect(page.locator(LEAF)).to_have_value("three")
    assert await kept(page) == 0


async def test_a_new_key_is_there_again_after_a_reload_also_of_another_kind(bot, sign_in):
    page = await sign_in()
    await page.goto(f"/{STORE}/new/?ns={PLUGIN}")
    await page.locator("#name").fill("reloaded")
    await page.locator("#kind-number").check()
    await page.locator("input#text").fill("42")
    await page.locator("[name=reason]").fill("to try")
    await page.reload()
    await expect(page.locator("[data-typed-before]")).to_be_visible()
    await expect(page.locator("#name")).to_have_value("reloaded")
    await expect(page.locator("[name=reason]")).to_have_value("to try")
    await expect(page.locator("input#text")).to_have_value("42")
    await page.get_by_role("button", name="Create key").click()
    await expect(page.locator("#value")).to_contain_text("reloaded is created.")
    assert await kept(page) == 0


async def test_a_session_that_ends_in_another_tab_leaves_the_page_and_what_was_typed(
    bot, sign_in, dashboard
):
    bot.tell("set", "draft", value="{'a': 'one'}")
    page = await with_own_session(sign_in, dashboard)
    await typed(page, "draft", "two")
    other = await page.context.new_page()
    await other.goto("/")
    await other.locator("header details.menu summary").click()
    await other.get_by_role("button", name="Sign out").click()
    note = page.locator(".signed-out")
    await expect(note).to_contain_text("You are signed out.")
    await expect(page.locator(LEAF)).to_have_value("two")
    await note.get_by_role("link", name="Sign in").click()
    await page.wait_for_url("**/sign-in/**")
    back = await page.locator("[name=next]").get_attribute("value")
    await page.goto(dashboard.link_for("tabs", "editor"))
    await page.goto(back)
    await go_on(page, "two")


async def test_a_part_that_hears_first_that_the_session_has_ended_leaves_what_was_typed(
    bot, sign_in
):
    bot.tell("set", "draft", value="{'a': 'one'}")
    page = await sign_in()
    await typed(page, "draft", "two")

    async def answer(route) -> None:
        if route.request.headers.get("hx-request"):
            await route.fulfill(status=204, headers={"HX-Refresh": "true"})
        else:
            await route.continue_()

    await page.route("**/*", answer)
    bot.tell("set", "another draft", value="1")  # the list beside it asks for its rows
    await expect(page.locator(".signed-out")).to_contain_text("You are signed out.")
    await expect(page.locator(LEAF)).to_have_value("two")


async def test_somebody_else_who_signs_in_does_not_find_it(bot, sign_in, dashboard):
    bot.tell("set", "draft", value="{'a': 'one'}")
    page = await with_own_session(sign_in, dashboard)
    await typed(page, "draft", "two")
    await page.context.clear_cookies()
    await page.context.add_cookies(dashboard.cookies_of("reader"))
    await page.reload()
    await page.locator(LIVE).wait_for()
    await expect(page.locator("[data-typed-here]")).to_have_count(0)
    assert await kept(page) == 0


async def test_what_replaces_something_masked_is_kept_nowhere_and_asked_about(bot, sign_in):
    bot.tell("set", "draft", value="{'password': 'hunter2'}")
    page = await sign_in()
    kinds: list[str] = []

    async def answer(dialog) -> None:
        kinds.append(dialog.type)
        await dialog.accept()

    page.on("dialog", answer)
    await typed(page, "draft", "a new secret")
    await expect(page.locator("form.edit")).to_contain_text("not kept anywhere")
    await page.reload()
    assert kinds == ["beforeunload"]
    assert await kept(page) == 0
    await expect(page.locator("[data-typed-here]")).to_have_count(0)


async def test_cancelling_and_signing_out_drop_it_unasked(bot, sign_in, dashboard):
    bot.tell("set", "draft", value="{'a': 'one'}")
    page = await with_own_session(sign_in, dashboard)
    await typed(page, "draft", "two")
    await page.evaluate("dispatchEvent(new Event('pagehide'))")
    assert await kept(page) == 1
    await page.get_by_role("link", name="Cancel").click()
    await expect(page.locator("form.edit")).to_have_count(0)
    assert await kept(page) == 0
    await typed(page, "draft", "two")
    await page.locator("header details.menu summary").click()
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url("**/sign-in/")
    assert await kept(page) == 0
