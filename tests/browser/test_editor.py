"""The editor of a value: what stands beside its fields, in a browser."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.acme.bot_name import PLUGIN
from tests.browser.dashboard import Bot
from tests.browser.test_journey import open_key

STORE = "file"


@pytest.fixture
def bot(bots: dict[str, Bot]) -> Bot:
    return bots[STORE]


async def opened(sign_in, key: str) -> Page:
    page = await sign_in()
    await open_key(page, STORE, key)
    return page


async def test_a_search_in_a_value_can_be_refined_and_cleared(bot, sign_in):
    bot.tell("set", "sought", value="{'apple pie': 1, 'apple tart': 2, 'pear': 3}")
    page = await opened(sign_in, "sought")
    await page.keyboard.press("/")
    await page.keyboard.type("apple")
    await expect(page.locator("#in-value .hit")).to_have_count(2)
    await page.keyboard.type(" t")
    await expect(page.locator("#in-value .hit")).to_have_count(1)
    await page.locator("#search-value").fill("")
    await expect(page.locator("#in-value .hit")).to_have_count(0)


async def test_a_search_in_a_value_goes_on_when_the_bot_writes_it(bot, sign_in):
    bot.tell("set", "sought", value="{'apple': 1}")
    page = await opened(sign_in, "sought")
    await page.locator("#search-value").fill("apple")
    await expect(page.locator("#in-value .hit")).to_have_count(1)
    bot.tell("set", "sought", value="{'apple': 1, 'apple pie': 2}")
    await expect(page.locator("#in-value .hit")).to_have_count(2)
    await expect(page.locator("#search-value")).to_have_value("apple")


async def test_one_thing_to_do_with_a_value_makes_room_for_the_next(bot, sign_in):
    bot.tell("set", "deeds", value="{'a': 1}")
    page = await opened(sign_in, "deeds")
    for name in ("Source", "Expiry", "Source"):
        await page.locator("#value .actions").get_by_role("link", name=name).click()
        form = page.locator("#action form")
        await expect(form).to_have_count(1)
        await expect(form.locator("[name=text]")).to_have_count(1 if name == "Source" else 0)


async def test_what_was_typed_is_not_dropped_for_another_thing_to_do_unasked(bot, sign_in):
    bot.tell("set", "typed", value="{'a': 1}")
    page = await opened(sign_in, "typed")
    asked: list[str] = []
    is_left = iter([False, True])

    async def answer(dialog) -> None:
        asked.append(dialog.message)
        await (dialog.accept() if next(is_left) else dialog.dismiss())

    page.on("dialog", answer)
    actions, text = page.locator("#value .actions"), page.locator("#action [name=text]")
    await actions.get_by_role("link", name="Source").click()
    await text.fill("{'a': 2}")
    await actions.get_by_role("link", name="Expiry").click()
    await expect(text).to_be_focused()
    await expect(text).to_have_value("{'a': 2}")
    await actions.get_by_role("link", name="Expiry").click()
    await expect(page.locator("#action [name=amount]")).to_have_count(1)
    assert asked == ["What you typed is not saved. Leave it?"] * 2


async def test_a_new_key_gets_the_control_of_its_kind_by_keyboard_alone(bot, sign_in):
    page = await sign_in()
    await page.goto(f"/{STORE}/new/?ns={PLUGIN}")
    await expect(page.locator("#name")).to_be_focused()
    await page.keyboard.type("made")
    await page.keyboard.press("Tab")
    await expect(page.locator("#kind-source")).to_be_focused()
    for kind, field in (("text", "textarea"), ("number", "input[inputmode=decimal]")):
        await page.keyboard.press("ArrowRight")
        await expect(page.locator(f"#create {field}#text")).to_be_visible()
        await expect(page.locator(f"#kind-{kind}")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.type("42")
    await page.keyboard.press("Enter")
    await expect(page.locator("#value")).to_contain_text("made is created.")
    assert bot.tell("get", "made") == "42"


async def test_what_is_added_to_a_list_can_be_typed_as_text(bot, sign_in):
    bot.tell("set", "names", value="['ann']")
    page = await opened(sign_in, "names")
    await (
        page.locator("#value summary", has_text="list")
        .locator("xpath=..")
        .get_by_role("link", name="More about the value")
        .click()
    )
    await page.get_by_role("link", name="Add at the end").click()
    await page.locator("#kind-text").check()
    await expect(page.locator("#kind-text")).to_be_focused()
    await page.locator("#shape-text").fill("it's bob")
    await page.get_by_role("button", name="Review change").click()
    await page.get_by_role("button", name="Save change").click()
    await expect(page.locator("#value .note.good")).to_contain_text("Saved.")
    assert bot.tell("get", "names") == """['ann', "it's bob"]"""


async def test_after_an_edit_the_focus_is_where_it_was_made(bot, sign_in):
    bot.tell("set", "focus", value="{'a': 'one', 'b': 'two'}")
    page = await opened(sign_in, "focus")
    leaf = page.locator("#value a.leaf", has_text="'two'")
    await leaf.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("form.edit [name=text]")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(leaf).to_be_focused()
    await page.keyboard.press("Enter")
    await page.locator("form.edit [name=text]").fill("three")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Save change")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#value a.leaf", has_text="'three'")).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await expect(page.locator("#value a.leaf", has_text="'one'")).to_be_focused()


async def test_the_menu_of_a_part_is_walked_with_arrows_and_closed_with_escape(bot, sign_in):
    bot.tell("set", "menu", value="{'a': 'one'}")
    page = await opened(sign_in, "menu")
    await page.locator("#value a.leaf").focus()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    menu = page.locator("#value details.menu[open]")
    await expect(menu.locator("summary")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(menu.get_by_text("Edit as typed text")).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowUp")
    await expect(menu.get_by_text("Copy value")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_label(re.compile("More about .*'a'"))).to_be_focused()
    await expect(menu).to_have_count(0)


async def test_a_form_that_is_a_page_of_its_own_can_be_saved(bot, sign_in):
    bot.tell("set", "alone", value="{'word': 'wrnog'}")
    page = await sign_in()
    await page.goto(f"/file/key/edit/?key={PLUGIN}:alone&path=%5B%27word%27%5D")
    await page.locator("form.edit [name=text]").fill("right")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Save change").click()
    await expect(page.locator("#value .note.good")).to_contain_text("Saved.")
    assert bot.tell("get", "alone") == "{'word': 'right'}"


@pytest.mark.parametrize(
    ("part", "typed", "read"),
    [("None", "'x'", "{'none': 'x', 'rate': 2.5}"), ("2.5", "3", "{'none': None, 'rate': 3}")],
)
async def test_a_change_of_type_that_is_asked_for_is_what_the_bot_reads(
    bot, sign_in, part, typed, read
):
    bot.tell("set", "retyped", value="{'none': None, 'rate': 2.5}")
    page = await opened(sign_in, "retyped")
    await page.locator("#value a.leaf", has_text=part).click()
    form = page.locator("form.edit")
    await form.locator("[name=text]").fill(typed)
    await form.get_by_role("button", name="Review change").click()
    await form.get_by_label("Change the type").check()
    await form.get_by_role("button", name="Review change").click()
    await expect(form.get_by_label("Change the type")).to_be_checked()
    await form.get_by_role("button", name="Save change").click()
    await expect(page.locator("#value .note.good")).to_contain_text("Saved.")
    assert bot.tell("get", "retyped") == read
