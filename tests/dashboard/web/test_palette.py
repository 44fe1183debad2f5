"""The palette offers what can be done where one is, and every page there is."""

import pytest

from dashboard.web import links
from tests.dashboard.web.conftest import DAILY, KARMA

KEY = links.key_url("prod", DAILY)


async def palette(browser, text, at="/", **headers) -> str:
    answer = await browser.get(links.url("overview", q=text, at=at), headers=headers)
    assert answer.status_code == 200
    return answer.content.decode().split("<main")[1]


@pytest.mark.parametrize(
    ("text", "name"),
    [("expiry", "key-expiry"), ("delete", "key-delete"), ("source", "key-edit")],
)
async def test_what_can_be_done_with_the_open_key_is_found_by_its_name(prod, editor, text, name):
    page = await palette(editor, text, at=KEY)
    assert f'href="{links.key_url("prod", DAILY, name).split("?")[0]}' in page


async def test_an_empty_palette_shows_what_is_nearest(prod, editor):
    page = await palette(editor, "", at=links.namespace_url("prod", KARMA))
    assert links.url("key-create", "prod", ns=KARMA) in page
    assert links.url("findings", "prod") in page
    assert "Delete this key" not in page


async def test_the_browser_knows_better_where_it_is_than_the_bar_that_was_sent(prod, editor):
    page = await palette(editor, "delete", at="/", **{"HX-Current-URL": f"http://testserver{KEY}"})
    assert "Delete this key" in page


@pytest.mark.parametrize(
    ("text", "title"), [("undo", "The journal, and undo"), ("jour", "Journal")]
)
async def test_pages_are_found_by_name_and_by_what_they_are_about(prod, reader, text, title):
    assert title in await palette(reader, text)


async def test_what_is_not_allowed_leads_to_the_reason(prod, reader):
    page = await palette(reader, "delete", at=KEY)
    assert "/account/why/?verb=delete" in page
    assert links.key_url("prod", DAILY, "key-delete") not in page


async def test_only_admins_are_offered_what_is_for_admins(prod, cast):
    assert links.url("grants") not in await palette(cast["editor"], "grants")
    assert links.url("grants") in await palette(cast["admin"], "grants")


@pytest.mark.parametrize(
    "at", ["/nowhere/", "//evil.example/prod/", "x", "/prod/key/?key=%ff", "/prod/ns/?ns=%00", "%%"]
)
async def test_any_address_will_do(prod, editor, at):
    assert "Pages" in await palette(editor, "journal", at=at)


async def test_somebody_without_a_role_is_offered_no_store(prod, cast):
    page = await palette(cast["nobody"], "", at=KEY)
    assert "prod" not in page
    assert "Delete this key" not in page


async def test_a_text_that_no_name_has_can_be_looked_for_inside_values(prod, reader):
    page = await palette(reader, "zebra", at="/prod/")
    assert "No plugin or key is called “zebra”." in page
    assert f'href="{links.url("value-search", "prod", q="zebra")}"' in page


async def test_the_page_of_an_earlier_version_is_about_its_key(prod, editor):
    at = links.key_url("prod", DAILY, "version-restore", number=1)
    assert "Keep its history" in await palette(editor, "history", at)
    assert "What became of this key" in await palette(editor, "became", at)
