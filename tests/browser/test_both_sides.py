"""What a person and the bot change at the same time, in a browser."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.dashboard import Bot
from tests.browser.test_journey import open_key

STORE = "file"


@pytest.fixture
def bot(bots: dict[str, Bot]) -> Bot:
    return bots[STORE]


async def clashed(bot, sign_in, before: str, part: str, after: str) -> Page:
    """A page on which 'mine' was typed for a part and saved, just after the bot was."""
    bot.tell("set", "both", value=before)
    page = await sign_in()
    await open_key(page, STORE, "both")
    await page.locator("#value a.leaf", has_text=part).click()
    form = page.locator("form.edit")
    await form.locator("[name=text]").fill("mine")
    await form.get_by_role("button", name="Review change").click()
    await expect(form.get_by_role("button", name="Save change")).to_be_visible()
    bot.tell("set", "both", value=after)
    await form.get_by_role("button", name="Save change").click()
    return page


async def test_an_item_that_moved_on_is_the_one_that_is_changed(bot, sign_in):
    page = await clashed(bot, sign_in, "['p', 'q', 'r']", "'q'", "['new', 'p', 'q', 'r']")
    await expect(page.locator("#value .note.good")).to_contain_text("Saved.")
    assert bot.tell("get", "both") == "['new', 'p', 'mine', 'r']"


@pytest.mark.parametrize(
    ("before", "part", "after", "choice", "saved"),
    [
        ("{'a': {'x': 'one'}, 'b': 1}", "'one'", "{'b': 2}", "Put it back with your change",
         "{'b': 2, 'a': {'x': 'mine'}}"),
        ("['o', 's']", "'s'", "['s', 'o', 's', 's']", "Put yours in its place",
         "['s', 'o', 'mine', 's']"),
    ],
)  # fmt: skip
async def test_what_was_chosen_is_looked_at_and_saved(
    bot, sign_in, before, part, after, choice, saved
):
    page = await clashed(bot, sign_in, before, part, after)
    form = page.locator("form.edit")
    await form.get_by_label(choice).check()
    await form.get_by_role("button", name="Use these").click()
    await form.get_by_role("button", name="Save change").click()
    await expect(page.locator("#value .note.good")).to_contain_text("Saved.")
    assert bot.tell("get", "both") == saved
