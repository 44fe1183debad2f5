"""One value's page and its parts."""

import pickle
from datetime import UTC, datetime
from html import escape

from dashboard.journal.models import Answer, Deed
from dashboard.journal.queries import for_key
from dashboard.web import links
from tests.dashboard.web.conftest import DAILY, KARMA, VALUES, signed_in

HTMX = {"HX-Request": "true"}
ADDRESS = links.key_url("prod", DAILY)


async def get(browser, address: str, target: str | None = None) -> str:
    headers = HTMX | {"HX-Target": target} if target else {}
    return (await browser.get(address, headers=headers)).content.decode()


async def test_a_value_is_shown_as_a_tree_with_its_types(prod, reader):
    page = await get(reader, ADDRESS)
    assert "&#x27;team&#x27;" in page
    assert "&#x27;platfrom&#x27;" in page
    assert "dict · 2 items" in page


async def test_the_page_says_size_kind_and_that_nothing_is_imported(prod, reader):
    page = await get(reader, ADDRESS)
    assert f"{len(pickle.dumps(VALUES[DAILY], 4))} B" in page
    assert "<b>dict, 3 items</b>" in page
    assert "Nothing. It is plain data." in page


async def test_the_expiry_is_counted_down(write, reader):
    await write(DAILY, VALUES[DAILY], expires=47_100)
    page = await get(reader, ADDRESS)
    assert "data-countdown>13 h 0" in page


async def test_the_key_is_marked_in_the_list_beside_it(prod, reader):
    assert (await get(reader, ADDRESS)).count('aria-selected="true"') == 1


async def test_htmx_gets_the_value_alone(prod, reader):
    page = await get(reader, ADDRESS, "value")
    assert "<html" not in page
    assert 'id="value"' in page
    assert 'id="rows"' not in page


async def test_a_value_that_goes_while_its_page_is_open_says_so_in_its_place(prod, reader):
    await prod.backend.delete(DAILY)
    assert "This key is gone." in await get(reader, ADDRESS, "value")


async def test_deeper_parts_come_when_they_are_opened(write, reader):
    await write("deep", {"a": {"b": {"c": {"d": "at the bottom"}}}})
    page = await get(reader, links.key_url("prod", "deep"), "value")
    assert "at the bottom" not in page
    inner = links.key_url("prod", "deep", "key-tree", path="['a']['b']['c']")
    assert escape(inner) in page
    assert "at the bottom" in await get(reader, inner, "kids")


async def test_a_long_list_comes_in_parts_and_every_item_can_be_reached(write, reader):
    await write("long", list(range(1000, 1450)))
    pages = [await get(reader, links.key_url("prod", "long"))]
    for offset in (199, 399):
        address = links.key_url("prod", "long", "key-tree", path="", offset=offset)
        assert escape(address) in pages[-1]
        pages.append(await get(reader, address, "kids"))
    seen = "".join(pages)
    assert all(f">{number}</span>" in seen for number in range(1000, 1450))


async def test_without_a_script_a_part_has_a_page_of_its_own(write, reader):
    await write("deep", {"a": {"b": {"c": {"d": "at the bottom"}}}})
    page = await get(reader, links.key_url("prod", "deep", path="['a']['b']"))
    assert "at the bottom" in page
    assert "the whole value</a>" in page


async def test_a_search_in_the_value_finds_keys_and_texts(prod, reader):
    page = await get(reader, links.key_url("prod", DAILY, "key-find", q="leave"), "in-value")
    assert "[&#x27;U07AYA&#x27;]</span>" in page  # each with the way to it
    assert "U03JON" not in page


async def test_the_bytes_are_shown_as_hex_on_request(prod, reader):
    assert "000000  80 04" not in await get(reader, ADDRESS)
    assert "000000  80 04" in await get(reader, links.key_url("prod", DAILY, raw=1))
    assert "000000  80 04" in await get(reader, links.key_url("prod", DAILY, "key-hex"), "hex")


async def test_the_download_is_the_stored_bytes_as_a_file(prod, editor):
    answer = await editor.post(links.key_url("prod", DAILY, "key-download"))
    assert answer.content == await prod.backend.get(DAILY)
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["Content-Type"] == "application/octet-stream"


async def test_a_download_is_on_record_and_for_those_who_may_export(prod, editor):
    address = links.key_url("prod", DAILY, "key-download")
    support = await signed_in("mina", "support")
    answer = await support.post(address)
    assert answer.status_code == 403
    assert "You may not export here." in answer.content.decode()
    await editor.post(address)
    rows = await for_key("prod", DAILY)
    assert [(row.who, row.deed, row.answer) for row in rows] == [
        ("editor", Deed.EXPORT, Answer.SAVED),
        ("mina", Deed.EXPORT, Answer.REFUSED),
    ]


async def test_the_button_to_download_says_what_is_missing(prod, reader, editor):
    part = f'action="{links.key_url("prod", DAILY, "key-download")}"'.replace("&", "&amp;")
    assert part in await get(editor, ADDRESS)
    for page in (ADDRESS, links.key_url("prod", DAILY, raw=1)):
        shown = await get(reader, page)
        assert part not in shown
        assert 'aria-disabled="true" title="You may not export here.' in shown


async def test_a_large_value_is_read_by_a_worker_and_shown(write, reader):
    await write("large", [{"n": number, "text": "x" * 50} for number in range(3000)])
    page = await get(reader, links.key_url("prod", "large"))
    assert "<b>list, 3,000 items</b>" in page


async def test_one_link_opens_a_number_and_another_its_neighbour(prod, reader):
    assert ">17</span>" in await get(reader, links.key_url("prod", f"{KARMA}:U02MINA"))
    assert ">4</span>" in await get(reader, links.key_url("prod", f"{KARMA}:U03JON"))


async def test_what_cannot_be_shown_says_why_and_can_still_be_downloaded_and_deleted(write, editor):
    await write("broken", b"\x80\x04\x8c\xff")
    page = await get(editor, links.key_url("prod", "broken"))
    assert "This value cannot be shown." in page
    assert links.key_url("prod", "broken", "key-download") in page
    assert links.key_url("prod", "broken", "key-delete") in page
    assert "None" not in page.split('id="value"')[1]


async def test_a_very_long_name_is_folded_and_can_be_unfolded(prod, reader):
    key = "k" * 5000
    await prod.backend.set(key, pickle.dumps(1))
    page = (await reader.get(links.key_url("prod", key))).content.decode()
    heading = page.partition('id="key-name">')[2].partition("</h1>")[0]
    assert heading == f"{'k' * 180}…"
    assert "The whole name, 5,000 characters" in page
    assert page.count("k" * 5000) < 20


async def test_what_the_code_of_a_class_names_is_one_calm_line(prod, write, reader):
    code = (
        b"cdill._dill\n_create_type\n(cdill._dill\n_load_type\n(S'type'\ntR"
        b"S'Ticket'\n(cbuiltins\nobject\nt(dS'__module__'\nS'__main__'\n"
        b"sS'a'\ncsys\nexit\nsS'b'\ncos\nsystem\nstR)\x81."
    )
    await prod.backend.set("ticket", code)
    page = await get(reader, links.key_url("prod", "ticket"))
    assert "The stored code names" in page
    assert page.count("can do whatever the bot itself can") == 1
    assert "nearly anything" not in page


async def test_a_name_with_which_a_value_can_do_nearly_anything_is_worth_a_look(
    prod, write, reader
):
    await write("usual", {"a": datetime(2026, 11, 24, tzinfo=UTC)})
    assert "nearly anything" not in await get(reader, links.key_url("prod", "usual"))
    await prod.backend.set("strong", b"cos\nsystem\n(S'echo hi'\ntR.")
    page = await get(reader, links.key_url("prod", "strong"))
    assert "It names os.system: with that a value can make the bot do nearly anything." in page
