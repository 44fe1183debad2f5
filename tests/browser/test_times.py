"""Moments are said in the zone of whoever looks, which is named, on the screen and on paper."""

import asyncio

import pytest
from playwright.async_api import Page, expect

# How many moments are still said as the server wrote them right after the next ones came.
UNSAID = """() => new Promise((tell) => new MutationObserver((changes, observer) => {
  const came = changes.flatMap((change) => [...change.addedNodes]);
  if (!came.some((node) => node.querySelector?.("time"))) return;
  observer.disconnect();
  tell(document.querySelectorAll("#audit time:not([data-local])").length);
}).observe(document.body, { childList: true, subtree: true }))"""
# How a moment is printed. It is the title that is; browsers do not say what a generated text says.
PRINTED = """() => {
  const rows = [...document.querySelectorAll("#audit tr")];
  const time = rows.find((row) => row.textContent.includes("zoned")).querySelector("time");
  return [getComputedStyle(time, "::after").content, getComputedStyle(time).fontSize, time.title];
}"""


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


@pytest.mark.parametrize("is_pointed_at", [False, True])
async def test_a_moment_that_has_just_come_is_said_in_the_zone_at_once(bot, sign_in, is_pointed_at):
    bot.tell("set", "zoned", value="1", shared=True)
    page = await sign_in("auditor", timezone_id="Asia/Tokyo", locale="en-GB")
    await page.goto("/file/audit/")
    await expect(moment_in(page)).to_have_attribute("data-local", "1")
    if is_pointed_at:
        await page.locator("#audit tr", has_text="zoned").hover()  # its cells come one by one
    unsaid = asyncio.ensure_future(page.evaluate(UNSAID))
    bot.tell("set", "zoned", value="2", shared=True)
    assert await asyncio.wait_for(unsaid, 20) == 0


async def test_the_zone_is_on_paper_too(bot, sign_in):
    bot.tell("set", "zoned", value="1", shared=True)
    page = await sign_in("auditor", timezone_id="America/New_York", locale="en-US")
    await page.goto("/file/audit/")
    await expect(moment_in(page)).to_have_attribute("data-local", "1")
    await page.emulate_media(media="print")
    content, size, title = await page.evaluate(PRINTED)  # in one turn: rows come and go
    assert (content != "none", size) == (True, "0px")
    assert title.split()[-1] in {"EST", "EDT"}
