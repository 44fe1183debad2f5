"""Moments are said in the zone of whoever looks, which is named, on the screen and on paper."""

import pytest
from playwright.async_api import Page, expect


@pytest.fixture
def bot(bots):
    return bots["file"]


def moment_in(page: Page):
    return page.locator("#audit tr", has_text="zoned").locator("time").first


async def test_every_moment_of_the_audit_names_its_zone(bot, sign_in):
    bot.tell("set", "zoned", value="1", shared=True)
    page = await sign_in("auditor", timezone_id="Asia/Tokyo", locale="en-GB")
    await page.goto("/file/audit/")
    await expect(moment_in(page)).to_have_attribute("data-local", "1")
    titles = await page.locator("#audit time").evaluate_all("all => all.map((one) => one.title)")
    assert titles
    assert {title.split()[-1] for title in titles} == {"GMT+9"}


async def test_the_zone_is_on_paper_too(bot, sign_in):
    bot.tell("set", "zoned", value="1", shared=True)
    page = await sign_in("auditor", timezone_id="America/New_York", locale="en-US")
    await page.goto("/file/audit/")
    await expect(moment_in(page)).to_have_attribute("data-local", "1")
    await page.emulate_media(media="print")
    printed = "one => getComputedStyle(one, '::after').content"
    # It is the title that is printed; browsers do not say what a generated text says.
    assert await moment_in(page).evaluate(printed) != "none"
    assert await moment_in(page).evaluate("one => getComputedStyle(one).fontSize") == "0px"
    title = await moment_in(page).get_attribute("title")
    assert title.split()[-1] in {"EST", "EDT"}
