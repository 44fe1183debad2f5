"""What people may, in the browser: undo, a right that is lost, the reason for a refusal."""

import pytest
from playwright.async_api import expect

from tests.browser.acme.bot_name import PLUGIN
from tests.browser.dashboard import Dashboard
from tests.browser.test_journey import change, open_key


@pytest.fixture
def bot(bots):
    return bots["file"]


async def test_a_support_person_corrects_a_value_with_a_reason_and_undoes_it(bot, sign_in):
    bot.tell("set", "rota", value="{'on call': 'mnia', 'n': 1}")
    page = await sign_in("support")
    await open_key(page, "file", "rota")
    await change(page, "mnia", "mina")
    await page.locator("[name=reason]").fill("a typo")
    await page.get_by_role("button", name="Save change").click()
    await expect(page.locator("#history")).to_contain_text("support edited it: a typo")
    assert "mina" in bot.tell("get", "rota")
    await page.locator("#history li a").first.click()
    await page.wait_for_url("**/journal/*/")
    await page.get_by_role("link", name="Undo this change").click()
    await expect(page.locator(".review ins")).to_have_text("'mnia'")
    await page.get_by_role("button", name="Restore").click()
    await expect(page.locator(".note.good")).to_contain_text("rota is as it was.")
    assert "mnia" in bot.tell("get", "rota")


async def test_a_right_that_is_lost_while_the_page_is_open_keeps_what_was_typed(
    bot, sign_in, dashboard: Dashboard
):
    bot.tell("set", "lost", value="{'team': 'platfrom'}")
    page = await sign_in("maintainer")
    await open_key(page, "file", "lost")
    await change(page, "platfrom", "platform")
    dashboard.link_for("maintainer", "reader")
    await page.get_by_role("button", name="Save change").click()
    said = page.locator("form.edit .error")
    await expect(said).to_contain_text("You may not edit values here.")
    await expect(said).to_contain_text("What you typed is still here.")
    assert await page.locator("form.edit [name=text]").input_value() == "platform"
    assert "platfrom" in bot.tell("get", "lost")
    dashboard.link_for("maintainer", "maintainer")  # for the tests that come after


async def test_a_reader_finds_out_why_and_whom_to_ask(bot, sign_in):
    bot.tell("set", "looked", value="{'team': 'a'}")
    page = await sign_in("reader")
    await open_key(page, "file", "looked")
    await page.get_by_role("link", name="Delete").click()
    await expect(page.locator("h1")).to_have_text("Why you may not delete keys")
    await expect(page.locator("main")).to_contain_text("Who can give it: admin")


async def test_what_a_role_would_open_follows_the_form(bot, sign_in):
    bot.tell("set", "one", value="1")
    page = await sign_in("admin")
    await page.goto("/people/grants/")
    await page.get_by_label("Store").select_option("file")
    await page.get_by_label("Which keys").fill(PLUGIN)
    await page.get_by_label("Role", exact=True).select_option("support")
    await expect(page.locator("#opens")).to_contain_text("in 1 place now would be open")
