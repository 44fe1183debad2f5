"""Overview, plugins, keys: what is listed, how it is searched, sorted and paged."""

import re

import pytest
from django.contrib.auth.models import User

from dashboard import catalog
from dashboard.access.models import Grant
from dashboard.web import links
from tests.dashboard.web.conftest import DAILY, KARMA, STANDUP, known

HTMX = {"HX-Request": "true"}
KEYS = links.namespace_url("prod", KARMA)


async def get(browser, address: str, target: str | None = None) -> str:
    headers = HTMX | {"HX-Target": target} if target else {}
    return (await browser.get(address, headers=headers)).content.decode()


async def only_karma() -> None:
    """Let the person without a role see one plugin."""
    nobody = await User.objects.aget(username="nobody")
    await Grant.objects.acreate(person=nobody, role="reader", store="prod", where=KARMA)


class Ticket:
    """As a plugin of the bot may store it."""

    def __init__(self) -> None:
        self.title = "printer"


def names_of(page: str) -> list[str]:
    return re.findall(r'id="k-[0-9a-f]+"[^>]*>([^<]+)</a>', page)


async def test_the_overview_shows_each_store_with_its_sums(prod, reader):
    page = await get(reader, "/")
    assert "<dt>Keys</dt><dd>4</dd>" in page
    assert "<dt>Plugins</dt><dd>2</dd>" in page
    assert 'href="/locked/"' in page


async def test_the_overview_shows_the_plugins_with_the_most_keys_first(prod, reader):
    page = await get(reader, "/", "stores")
    assert re.findall(r'id="g-[0-9a-f-]+" title="[^"]*">(\w+)</a>', page) == ["Karma", "Standup"]


async def test_names_that_differ_by_a_space_are_told_apart_in_lists_and_headings(reader, write):
    await write(f"{KARMA}:spaced", 1)
    await write(f"{KARMA}:spaced ", 1)
    assert {"spaced", "spaced\\x20"} <= set(names_of(await get(reader, KEYS)))
    page = await get(reader, links.key_url("prod", f"{KARMA}:spaced "))
    assert 'id="key-name">spaced\\x20</h1>' in page
    assert "<title>spaced\\x20 ·" in page


async def test_the_overview_shows_what_people_changed_to_those_who_may_know(prod, cast):
    posted = {"name": "added", "text": "1", "when": "never", "unit": "h"}
    await cast["editor"].post(links.url("key-create", "prod", ns=KARMA), posted)
    assert "created" in await get(cast["reader"], "/", "deeds")
    assert "added" not in await get(cast["nobody"], "/", "deeds")


async def test_whoever_has_no_role_is_told_so(prod, cast):
    assert "You may not see any store yet." in await get(cast["nobody"], "/")


async def test_a_store_lists_its_plugins_with_counts(prod, reader):
    page = await get(reader, "/prod/")
    row = re.search(r"<tr[^>]*><td><a[^>]*>Karma</a>.*?</tr>", page, re.DOTALL)[0]
    assert '<td class="num">2</td>' in row


async def test_a_plugin_lists_its_keys_with_previews(prod, reader):
    page = await get(reader, KEYS)
    assert names_of(page) == ["U02MINA", "U03JON"]
    assert '<span class="preview">17</span>' in page


async def test_a_preview_names_the_class_of_an_object_without_its_module(write, reader):
    await write(f"{KARMA}:T1", Ticket())
    assert "&lt;Ticket title=&#x27;printer&#x27;&gt;" in await get(reader, KEYS)


async def test_a_list_is_sorted_as_asked(prod, reader):
    assert names_of(await get(reader, f"{KEYS}&desc=1")) == ["U03JON", "U02MINA"]


async def test_a_search_shows_what_has_the_text_in_its_name(prod, reader):
    page = await get(reader, f"{KEYS}&q=JON", "rows")
    assert names_of(page) == ["U03JON"]
    assert "<html" not in page


async def test_nothing_found_says_where_else_to_look(prod, reader):
    page = await get(reader, f"{KEYS}&q=zzz")
    assert "No key here has “zzz” in its name." in page
    assert 'href="/prod/?q=zzz"' in page


async def test_pages_lead_on_and_back_without_losing_or_repeating_a_key(prod, reader):
    for number in range(120):
        await prod.backend.set(f"{KARMA}:n{number:03}", b"\x80\x04K\x01.")
    await known(f"{KARMA}:n119")
    seen, address = [], links.namespace_url("prod", KARMA, q="n")
    while address:
        page = await get(reader, address.replace("&amp;", "&"))
        seen += names_of(page)
        following = re.search(r'href="([^"]+)" id="page-next"', page)
        address = following and following[1]
    assert seen == [f"n{number:03}" for number in range(120)]


async def test_the_jump_field_finds_plugins_and_keys_everywhere(prod, reader):
    page = await get(reader, "/?q=stand", "found")
    assert page.startswith('<div class="found"')
    assert f'href="{links.namespace_url("prod", STANDUP)}"' in page
    assert f'href="{links.key_url("prod", DAILY)}"' in page


async def test_the_side_pane_can_be_got_again_for_the_place_where_one_is(prod, reader):
    page = await get(reader, f"/prod/?at={KARMA}", "places")
    assert page.startswith('<nav class="places"')
    assert page.count('aria-current="page"') == 1


@pytest.mark.parametrize("address", ["/", "/prod/", "/prod/?q=U0", "/?q=U0", "/prod/shared/", KEYS])
async def test_rights_in_one_plugin_show_nothing_of_the_others(prod, cast, address):
    await only_karma()
    page = await get(cast["nobody"], address)
    assert "standup" not in page.lower()
    assert "rbac" not in page


async def test_sums_do_not_tell_of_keys_that_are_not_seen(prod, cast):
    await only_karma()
    assert "<dt>Keys</dt><dd>2</dd>" in await get(cast["nobody"], "/")


async def test_a_store_that_is_down_says_since_when_and_shows_what_is_known(
    prod, reader, monkeypatch
):
    monkeypatch.setattr(type(prod), "is_up", lambda _: None)  # its pulse is felt all the time
    prod.is_down("Connection refused.")
    page = await get(reader, "/prod/")
    assert "prod is unreachable since" in page
    assert "Connection refused." in page
    assert ">Karma</a>" in page


async def test_the_first_reading_of_a_store_shows_how_far_it_is(prod, reader):
    catalog.of("prod").report(state="scanning", counted=41_208, rate=30_000.0)
    page = await get(reader, "/prod/")
    assert "41,208 keys so far, 30,000 a second." in page
    assert "–</td>" in page  # no sizes are known yet


async def test_a_reading_says_how_long_it_still_takes(prod, reader):
    found = catalog.of("prod")
    found.report(state="scanning", counted=40_000, expected=100_000, rate=20_000.0)
    page = await get(reader, "/prod/")
    assert "40,000 keys so far, 20,000 a second, about 3 s left." in page
    assert 'value="40"' in page
    found.report(state="describing", counted=100_000, described=90_000, rate=100.0)
    page = await get(reader, "/prod/")
    assert "90,000 of 100,000 keys, 100 a second, about 1 min 40 s left." in page


async def test_a_reading_that_has_not_got_a_name_yet_says_so(prod, reader):
    catalog.of("prod").report(state="scanning", counted=0, rate=0.0)
    for address in ("/", "/prod/"):
        page = await get(reader, address)
        assert "Asking for the names of the keys. None has come yet." in re.sub("<[^>]*>", "", page)
        assert "0 keys so far" not in page
