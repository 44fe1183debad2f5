"""Why something is off can be read without hovering: on a phone, and by keyboard."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.dashboard import Bot
from tests.browser.test_journey import open_key

STORE = "file"
ON_A_PHONE = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def bot(bots: dict[str, Bot]) -> Bot:
    return bots[STORE]


async def opened(page: Page, bot: Bot, key: str) -> None:
    """A page of an object, which cannot be typed as one text: its source is off."""
    bot.tell("open ticket", key, title="printer", number=7)
    await open_key(page, STORE, key)


async def test_a_tap_on_what_is_off_says_why_beside_it(bot, sign_in):
    page = await sign_in(**ON_A_PHONE)
    await opened(page, bot, "off-by-tap")
    source = page.get_by_role("link", name="Source")
    reason = await source.get_attribute("title")
    said = page.locator("#why-not[role=status]")
    await expect(said).to_be_empty()
    await source.tap(force=True)  # Playwright taps nothing that is off
    await expect(said).to_have_text(reason)
    beside, box = await source.bounding_box(), await said.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert 0 < box["y"] - (beside["y"] + beside["height"]) < 20
    bot.tell("close ticket", "off-by-tap")
    await expect(page.locator("#value")).to_contain_text("closed")
    await expect(said).to_have_text(reason)
    await page.locator("#key-name").tap()
    await expect(said).to_be_empty()


async def test_enter_on_what_is_off_says_why_and_escape_ends_it(bot, sign_in):
    page = await sign_in()
    await opened(page, bot, "off-by-key")
    source = page.get_by_role("link", name="Source")
    said = page.locator("#why-not")
    for key in ("Enter", "Space"):
        await source.press(key)
        await expect(said).to_have_text(await source.get_attribute("title"))
        await page.keyboard.press("Escape")
        await expect(said).to_be_empty()
