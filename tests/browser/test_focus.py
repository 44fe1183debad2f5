"""The focus stays where a person put it, whatever is got again around it."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.acme.bot_name import PLUGIN
from tests.browser.test_journey import LIVE


@pytest.fixture
def bot(bots):
    return bots["file"]


async def test_it_stays_on_a_button_without_a_name_while_the_value_changes(bot, sign_in):
    bot.tell("set", "held", value="1")
    page = await sign_in("editor")
    await page.goto(f"/file/key/?key={PLUGIN}:held")
    await page.locator(LIVE).wait_for()
    button = page.locator("#value a.button").first
    await button.focus()
    bot.tell("set", "held", value="2")
    await expect(page.locator("#value a.leaf")).to_have_text("2")
    await expect(button).to_be_focused()


async def test_it_stays_at_the_menu_that_was_closed_when_the_value_is_got_again(bot, sign_in):
    bot.tell("set", "held", value="{'a': 1, 'b': 2}")
    page = await sign_in("editor")
    await page.goto(f"/file/key/?key={PLUGIN}:held")
    await page.locator(LIVE).wait_for()
    more = page.locator("#value").get_by_label(re.compile("More about .*'b'"))
    await more.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#value details.menu[open] summary")).to_be_focused()
    await page.keyboard.press("Escape")
    bot.tell("set", "held", value="{'a': 1, 'b': 3}")
    await expect(page.locator("#value a.leaf").last).to_have_text("3")
    await expect(more).to_be_focused()


async def test_tab_passes_by_what_the_palette_found(bot, sign_in):
    page = await sign_in("editor")
    await page.goto("/file/")
    await page.keyboard.press("Control+k")
    await expect(page.locator("#found a").first).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(page.locator("#badge")).to_be_focused()
    await expect(page.locator("#found a").first).to_be_hidden()


async def test_the_text_of_a_preview_can_be_selected_and_a_click_on_it_opens_the_key(bot, sign_in):
    bot.tell("set", "shown", value="'a text to take along'")
    page = await sign_in("editor")
    await page.goto(f"/file/ns/?ns={PLUGIN}&q=shown")
    await page.locator(LIVE).wait_for()
    preview = page.locator("#rows .preview", has_text="a text to take along")
    await preview.hover(position={"x": 2, "y": 6})  # from here on no row is exchanged
    box = await preview.bounding_box()
    await page.mouse.down()
    await page.mouse.move(box["x"] + 150, box["y"] + 6, steps=5)
    await page.mouse.up()
    assert "a text to" in await page.evaluate("String(getSelection())")
    await expect(page.locator("#key-name")).to_have_count(0)
    await page.mouse.click(box["x"] + 170, box["y"] + 6)
    await expect(page.locator("#key-name")).to_have_text("shown")


async def test_it_stays_on_the_area_of_a_name_while_the_areas_change_places(bot, sign_in):
    for key, size in (("large", 900), ("middle", 700), ("small", 500)):
        bot.tell("set", key, value=repr("x" * size))
    page = await sign_in("editor")
    await page.goto(f"/file/pictures/?ns={PLUGIN}")
    await page.locator(LIVE).wait_for()
    area = page.locator('svg a[href*="small"]:visible')
    await area.focus()
    before = await area.get_attribute("aria-label")
    bot.tell("set", "small", value=repr("x" * 2000))
    await expect(area).not_to_have_attribute("aria-label", before)
    await expect(area).to_be_focused()


async def test_a_countdown_ends_when_the_clock_says_so(bot, sign_in):
    bot.tell("set", "brief", value="1", expires=4)
    page = await sign_in("editor")
    await page.goto(f"/file/key/?key={PLUGIN}:brief")
    left = page.locator("#value [data-countdown]")
    await expect(left).to_have_text("under 1 s", timeout=20_000)
    await expect(left).to_have_count(0, timeout=20_000)
