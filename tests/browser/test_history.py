"""What was it yesterday? The bot's own versions, kept, looked at and restored in the browser."""

import secrets

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.acme.bot_name import PLUGIN
from tests.browser.test_journey import LIVE

ROTA = "/team/key/?key=rota"


@pytest.fixture
def bot(bots):
    return bots["team"]


async def opened(page: Page, address: str) -> None:
    await page.goto(address)
    await page.locator(LIVE).wait_for()


async def test_a_lead_keeps_the_history_of_a_shared_key_and_a_version_is_restored(bot, sign_in):
    bot.tell("set", "rota", value="{'on call': 'mina'}", shared=True)
    lead = await sign_in("auditor")
    await opened(lead, ROTA)
    await lead.get_by_role("link", name="Keep its history").click()
    await lead.get_by_role("button", name="Keep its history").click()
    await lead.wait_for_url(f"**{ROTA}")
    versions = lead.locator("#history li", has=lead.get_by_role("link", name="Look at version"))
    await expect(versions).to_have_count(1)
    for number, name in enumerate(("jon", "aya", "tomas"), start=2):
        bot.tell("set", "rota", value=f"{{'on call': '{name}'}}", shared=True)
        await expect(versions).to_have_count(number)
    await expect(versions.nth(0)).to_contain_text("The bot wrote it stored now")
    await versions.nth(1).get_by_role("link", name="Look").click()
    await expect(lead.locator("section", has_text="What changed with it")).to_contain_text("'aya'")

    editor = await sign_in("editor")
    await opened(editor, ROTA)
    line = editor.locator("#history li", has=editor.get_by_text("version 2"))
    await line.get_by_role("link", name="Restore").click()
    await expect(editor.locator(".review ins")).to_have_text("'jon'")
    await editor.get_by_role("button", name="Restore").click()
    await expect(editor.locator(".note.good")).to_contain_text("rota is as it was.")
    assert bot.tell("get", "rota", shared=True) == "{'on call': 'jon'}"
    restored = editor.locator("#history li", has_text="editor restored it")
    await expect(restored.first).to_contain_text("Look at version 5")


@pytest.fixture
def vault(bot) -> str:
    """The address of a secret of which nobody has revealed anything yet."""
    name = f"vault-{secrets.token_hex(4)}"
    bot.tell("set", name, value="{'token': 'xyz-777-secret', 'n': 1}")
    return f"/team/key/?key={PLUGIN}:{name}"


@pytest_asyncio.fixture(loop_scope="session")
async def page(vault, sign_in) -> Page:
    """A page on which a maintainer has revealed it."""
    page = await sign_in("maintainer")
    await page.clock.install()
    await opened(page, vault)
    await page.get_by_role("button", name="Reveal").click()
    await expect(page.locator("#value .tree")).to_contain_text("xyz-777-secret")
    return page


async def test_what_is_revealed_is_covered_in_time_and_got_anew(page: Page):
    async with page.expect_navigation():
        await page.clock.fast_forward("10:05")
    await page.locator(LIVE).wait_for()


async def test_an_open_edit_is_covered_too(page: Page):
    await page.locator("a.leaf", has_text="xyz-777-secret").click()
    await page.locator("form.edit [name=text]").wait_for()
    await page.clock.fast_forward("10:05")
    await expect(page.locator("[data-cover]")).to_contain_text("masked again")
    await expect(page.locator("#main")).to_be_hidden()
    async with page.expect_navigation():
        await page.get_by_role("link", name="Show the page masked").click()


async def test_going_back_does_not_bring_back_what_was_revealed(page: Page, vault):
    await page.goto("/journal/")
    other = await page.context.new_page()
    await other.goto(vault)
    await other.get_by_role("button", name="Mask again").click()
    await other.get_by_role("button", name="Reveal").wait_for()
    await page.go_back()
    await page.locator(LIVE).wait_for()
    await expect(page.locator("#value .tree")).to_contain_text("••••")
    await expect(page.locator("#value")).not_to_contain_text("xyz-777-secret")
