"""The main job, end to end: find, read, correct, see the bot's next write, delete."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.acme.bot_name import PLUGIN
from tests.browser.dashboard import Bot

LIVE = "#badge[data-state=live]"


async def open_key(page: Page, store: str, key: str) -> None:
    await page.goto(f"/{store}/ns/?ns={PLUGIN}")
    await page.locator(LIVE).wait_for()
    await page.get_by_role("link", name=key, exact=True).click()
    await page.locator("#key-name", has_text=key).wait_for()


async def change(page: Page, old: str, new: str) -> None:
    await page.locator("a.leaf", has_text=old).click()
    await page.locator("form.edit [name=text]").fill(new)
    await page.get_by_role("button", name="Review change").click()
    await page.get_by_role("button", name="Save change").wait_for()


@pytest.fixture
def bot(bots: dict[str, Bot], store: str) -> Bot:
    return bots[store]


@pytest.mark.parametrize("store", ["file", "team"])
async def test_a_person_finds_reads_corrects_watches_and_deletes_a_value(bot, sign_in, store):
    bot.tell("set", "daily", value="{'team': 'platfrom', 'open': True}")
    page = await sign_in()
    await page.goto("/")
    await page.get_by_role("link", name=store, exact=True).click()
    await page.get_by_role("link", name="Support").first.click()
    await page.locator("#search").fill("dail")
    await page.get_by_role("link", name="daily").click()
    await change(page, "platfrom", "platform")
    await page.get_by_role("button", name="Save change").click()
    await expect(page.locator("#value .note.good")).to_contain_text("Saved.")
    bot.tell("set", "daily", value="{'team': 'platform', 'open': False}")
    await expect(page.locator("#value .tree")).to_contain_text("'open' False")
    await expect(page.locator("#value .note.good")).to_contain_text("Saved.")
    await page.get_by_role("link", name="Delete").click()
    await page.get_by_role("button", name="Delete this key").click()
    await expect(page.locator(".note.good")).to_contain_text("daily is deleted.")
    assert bot.tell("get", "daily") == "None"


@pytest.mark.parametrize("store", ["file"])
async def test_both_changes_reach_the_bot_when_it_writes_during_an_edit(bot, sign_in, store):
    bot.tell("open ticket", "T1", title="printer on fier", number=7)
    page = await sign_in()
    await open_key(page, store, "T1")
    await change(page, "printer on fier", "printer on fire")
    bot.tell("close ticket", "T1")
    await expect(page.locator("[data-meanwhile]")).to_be_visible()
    await page.get_by_role("button", name="Save change").click()
    await expect(page.locator("#value .note.good")).to_contain_text("meanwhile is kept")
    found = bot.tell("get", "T1")
    assert found == "Ticket(title='printer on fire', number=7, status='closed')"


@pytest.mark.parametrize("store", ["file"])
async def test_where_both_changed_the_same_place_the_person_chooses(bot, sign_in, store):
    bot.tell("set", "name", value="'first'")
    page = await sign_in()
    await open_key(page, store, "name")
    await change(page, "first", "mine")
    bot.tell("set", "name", value="'the bot’s'")
    await page.get_by_role("button", name="Save change").click()
    await page.get_by_label("You wrote").check()
    await page.get_by_role("button", name="Use these").click()
    await page.get_by_role("button", name="Save change").click()
    await expect(page.locator("#value .note.good")).to_contain_text("Saved.")
    assert bot.tell("get", "name") == "'mine'"


@pytest.mark.parametrize("store", ["file", "team"])
async def test_a_list_follows_the_bot(bot, sign_in, store):
    page = await sign_in("reader")
    await page.goto(f"/{store}/ns/?ns={PLUGIN}")
    await page.locator(LIVE).wait_for()
    bot.tell("set", "appears", value="1")
    row = page.locator("tr", has_text="appears")
    await expect(row).to_have_class("fresh")
    bot.tell("set", "appears", value="'something longer'")
    await expect(row.locator(".preview")).to_have_text("'something longer'")
    bot.tell("delete", "appears")
    await expect(row).to_have_count(0)


@pytest.mark.parametrize("store", ["file"])
async def test_the_rows_are_got_before_what_stands_around_them(bot, sign_in, store):
    page = await sign_in("reader")
    asked = []
    page.on("request", lambda request: asked.append(request.headers.get("hx-target")))
    await page.goto(f"/{store}/ns/?ns={PLUGIN}")
    await page.locator(LIVE).wait_for()
    async with page.expect_request(lambda it: it.headers.get("hx-target") == "counts"):
        bot.tell("set", "counted", value="1")
    assert asked.index("rows") < asked.index("counts")


@pytest.mark.parametrize("store", ["file"])
async def test_a_value_that_expires_says_so_by_itself(bot, sign_in, store):
    page = await sign_in("reader")
    bot.tell("set", "short", value="'soon gone'", expires=3)
    await page.goto(f"/{store}/key/?key={PLUGIN}:short")
    await expect(page.locator("#value .tree")).to_contain_text("soon gone")
    await expect(page.locator("#value")).to_contain_text("This key is gone.")


@pytest.mark.parametrize("store", ["file"])
async def test_rows_hold_still_under_the_pointer(bot, sign_in, store):
    bot.tell("set", "a", value="1")
    page = await sign_in("reader")
    await page.goto(f"/{store}/ns/?ns={PLUGIN}&sort=changed&desc=1")
    await page.locator(LIVE).wait_for()
    first = page.locator("#rows tbody tr").first
    await first.hover()
    name = await first.locator("a").inner_text()
    bot.tell("set", "newer", value="1")
    bot.tell("set", name, value="'changed in place'")
    await expect(first.locator(".preview")).to_have_text("'changed in place'")
    assert await first.locator("a").inner_text() == name
    await page.mouse.move(0, 0)
    await expect(page.locator("#rows tr", has_text="newer")).to_have_count(1)


@pytest.mark.parametrize("store", ["file"])
async def test_a_paused_page_stays_as_it_is_until_it_goes_on(bot, sign_in, store):
    bot.tell("set", "paused", value="'before'")
    page = await sign_in("reader")
    await open_key(page, store, "paused")
    await page.locator("#badge").click()
    await expect(page.locator("#badge")).to_have_text("Paused")
    bot.tell("set", "paused", value="'after'")
    await page.wait_for_timeout(400)
    await expect(page.locator("#value .tree")).to_contain_text("before")
    await page.locator("#badge").click()
    await expect(page.locator("#value .tree")).to_contain_text("after")


@pytest.mark.parametrize("store", ["file"])
async def test_the_keyboard_alone_finds_and_corrects_a_value(bot, sign_in, store):
    bot.tell("set", "mistyped", value="{'word': 'wrnog'}")
    page = await sign_in()
    await page.goto("/")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("mistyped")
    await page.locator('#found[data-for="mistyped"] a', has_text="typed").first.wait_for()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.locator("a.leaf", has_text="wrnog").focus()
    await page.keyboard.press("Enter")
    await page.locator("form.edit [name=text]").wait_for()
    await page.keyboard.press("Control+a")
    await page.keyboard.type("right")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Save change")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#value .note.good")).to_contain_text("Saved.")
    assert bot.tell("get", "mistyped") == "{'word': 'right'}"


@pytest.mark.parametrize("store", ["file"])
async def test_back_shows_the_whole_page_that_was_there(bot, sign_in, store):
    bot.tell("set", "one", value="1")
    page = await sign_in("reader")
    await open_key(page, store, "one")
    await page.go_back()
    await expect(page.locator("header.bar")).to_be_visible()
    await expect(page.locator("#rows")).to_contain_text("one")


@pytest.mark.parametrize("store", ["file"])
async def test_everything_but_live_works_without_a_script(bot, sign_in, store):
    bot.tell("set", "plain", value="{'word': 'wrnog'}")
    page = await sign_in(java_script_enabled=False)
    await page.goto(f"/{store}/ns/?ns={PLUGIN}&q=plain")
    await page.get_by_role("link", name="plain", exact=True).click()
    await change(page, "wrnog", "right")
    await page.get_by_role("button", name="Save change").click()
    await expect(page.locator("#value .note.good")).to_contain_text("Saved.")
    assert bot.tell("get", "plain") == "{'word': 'right'}"


async def test_a_person_signs_in_by_a_link_sets_a_password_and_comes_again(sign_in, dashboard):
    page = await sign_in("reader")
    await page.context.clear_cookies()
    await page.goto(dashboard.link_for("newcomer", "reader"))
    await page.get_by_role("link", name="Choose a password").click()
    await page.get_by_label("New password", exact=True).fill("correct horse battery")
    await page.get_by_label("New password, again").fill("correct horse battery")
    await page.get_by_role("button", name="Save password").click()
    await expect(page.locator(".note.good")).to_contain_text("Your password is changed.")
    await page.get_by_role("main").get_by_role("button", name="Sign out").click()
    await page.get_by_label("Name").fill("newcomer")
    await page.get_by_label("Password").fill("correct horse battery")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.locator("h1")).to_have_text("Stores")


async def test_a_page_that_is_open_when_the_session_ends_leads_to_the_sign_in(sign_in, dashboard):
    page = await sign_in("reader")
    await page.context.clear_cookies()
    await page.goto(dashboard.link_for("leaver", "reader"))
    await page.locator(LIVE).wait_for()
    other = await page.context.new_page()
    await other.goto("/account/")
    await other.get_by_role("main").get_by_role("button", name="Sign out").click()
    await page.wait_for_url("**/sign-in/**")


@pytest.mark.parametrize("store", ["file"])
async def test_a_script_in_a_key_or_value_never_runs(bot, sign_in, store):
    name = "<img src=x onerror=document.title='run'>"
    bot.tell("set", name, value=repr({name: name}), shared=True)
    page = await sign_in()
    await page.goto(f"/{store}/shared/")
    await page.locator("#rows").get_by_role("link", name=name).click()
    await page.locator("a.leaf", has_text="onerror").click()
    await expect(page.locator("form.edit [name=text]")).to_have_value(name)
    await page.goto(f"/?q={name}")
    assert "run" not in (await page.title()).split("document.title='run'")
    assert await page.locator("img").count() == 0
