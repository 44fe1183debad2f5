"""Editing a leaf or the whole value, without JavaScript and with htmx."""

import pickle
import re

import pytest

from dashboard import reading
from dashboard.journal.models import Answer
from dashboard.journal.queries import for_key
from dashboard.reading import asking
from dashboard.web import links
from storage_core.exceptions import UnreadableValue
from tests.dashboard.web.conftest import DAILY, VALUES, signed_in

HTMX = {"HX-Request": "true"}
TEAM = links.key_url("prod", DAILY, "key-edit", path="['team']")
SOURCE = links.key_url("prod", DAILY, "key-edit", path="", as_="source")


def fields_of(page: str) -> dict[str, str]:
    """The hidden fields of the form, as a browser sends them."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    unescape = [("&quot;", '"'), ("&#x27;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
    fields = {}
    for name, value in found:
        for entity, character in unescape:
            value = value.replace(entity, character)  # noqa: PLW2901 - the same value, unescaped
        fields[name] = value
    return fields


async def opened(browser, address: str) -> dict[str, str]:
    return fields_of((await browser.get(address)).content.decode())


async def step(browser, address: str, fields: dict[str, str], **typed: str):
    answer = await browser.post(address, fields | typed, headers=HTMX)
    return answer, answer.content.decode()


async def reviewed(browser, address: str, text: str) -> dict[str, str]:
    """The form after a look at the change."""
    fields = await opened(browser, address)
    _, page = await step(browser, address, fields, text=text, step="review")
    return fields_of(page) | {"text": text}


async def test_a_change_is_shown_before_it_is_saved(prod, editor):
    answer, page = await step(editor, TEAM, await opened(editor, TEAM), text="platform")
    assert answer.status_code == 200
    assert "<del>&#x27;platfrom&#x27;</del><ins>&#x27;platform&#x27;</ins>" in page
    assert pickle.loads(await prod.backend.get(DAILY)) == VALUES[DAILY]


async def test_a_change_that_cannot_be_compared_is_not_shown_as_if_it_were_another_text(
    prod, editor, monkeypatch
):
    async def ask(name, *blobs, **fields):
        if name == "diff":
            raise UnreadableValue("Reading this value takes too long.")
        return await asking.ask(name, *blobs, **fields)

    monkeypatch.setattr(reading, "ask", ask)
    _, page = await step(editor, TEAM, await opened(editor, TEAM), text="platform")
    assert "It cannot be shown what is different. Reading this value takes too long." in page
    assert "<ins>" not in page


async def test_what_was_shown_is_saved_and_only_that_place_changes(prod, editor):
    fields = await reviewed(editor, TEAM, "platform")
    answer, page = await step(editor, TEAM, fields, step="save", reason="a typo")
    assert answer["HX-Retarget"] == "#value"
    assert "Saved." in page
    assert pickle.loads(await prod.backend.get(DAILY)) == VALUES[DAILY] | {"team": "platform"}


async def test_without_a_script_the_save_leads_back_to_the_value(prod, editor):
    fields = await reviewed(editor, TEAM, "platform")
    answer = await editor.post(TEAM, fields | {"step": "save"}, follow=True)
    assert answer.redirect_chain == [(links.key_url("prod", DAILY), 303)]
    assert "Saved." in answer.content.decode()


async def test_a_save_is_on_record_with_its_reason(prod, editor):
    fields = await reviewed(editor, TEAM, "platform")
    await step(editor, TEAM, fields, step="save", reason="a typo")
    (line,) = await for_key("prod", DAILY)
    assert (line.who, line.reason, line.answer) == ("editor", "a typo", Answer.SAVED)


async def test_text_that_was_typed_after_the_look_is_looked_at_again(prod, editor):
    fields = await reviewed(editor, TEAM, "platform")
    _, page = await step(editor, TEAM, fields | {"text": "other"}, step="save")
    assert "<ins>&#x27;other&#x27;</ins>" in page
    assert pickle.loads(await prod.backend.get(DAILY)) == VALUES[DAILY]


async def test_the_expiry_is_kept(write, prod, editor):
    await write(DAILY, VALUES[DAILY], expires=500)
    fields = await reviewed(editor, TEAM, "platform")
    await step(editor, TEAM, fields, step="save")
    (stored,) = await prod.backend.fetch([DAILY])
    assert stored.expires_at is not None


async def test_changes_that_do_not_touch_are_saved_together(write, prod, editor):
    fields = await reviewed(editor, TEAM, "platform")
    await write(DAILY, VALUES[DAILY] | {"open": False})
    theirs = await prod.backend.get(DAILY)
    answer, page = await step(editor, TEAM, fields, step="save")
    assert answer.status_code == 200
    assert "What was written in other parts meanwhile is kept." in page
    both = VALUES[DAILY] | {"team": "platform", "open": False}
    assert pickle.loads(await prod.backend.get(DAILY)) == both
    (line,) = await for_key("prod", DAILY)
    assert (line.before, pickle.loads(line.after)) == (theirs, both)


def busy(prod, monkeypatch, writes: int) -> None:
    """Let the bot count on in the value before each of the first `writes` saves."""
    save, left = prod.browsable.compare_and_set, iter(range(writes))

    async def outrun(key, *args, **fields):
        if next(left, None) is not None:
            value = pickle.loads(await prod.backend.get(key))
            await prod.backend.set(key, pickle.dumps(value | {"n": value.get("n", 0) + 1}))
        return await save(key, *args, **fields)

    monkeypatch.setattr(prod.browsable, "compare_and_set", outrun)


async def test_a_value_that_is_written_all_the_time_is_corrected_in_one_go(
    prod, editor, monkeypatch
):
    fields = await reviewed(editor, TEAM, "platform")
    busy(prod, monkeypatch, 3)
    answer, _ = await step(editor, TEAM, fields, step="save")
    assert answer["HX-Retarget"] == "#value"
    assert pickle.loads(await prod.backend.get(DAILY)) == VALUES[DAILY] | {
        "team": "platform",
        "n": 3,
    }
    lines = await for_key("prod", DAILY)
    assert [line.answer for line in lines] == [Answer.SAVED, *[Answer.CHANGED] * 3]
    assert pickle.loads(lines[0].before)["n"] == 3


async def test_a_bot_that_is_faster_at_every_try_is_told_and_the_person_can_try_again(
    prod, editor, monkeypatch
):
    fields = await reviewed(editor, TEAM, "platform")
    busy(prod, monkeypatch, 5)
    answer, page = await step(editor, TEAM, fields, step="save")
    assert answer.status_code == 409
    assert "The bot writes this value faster than it can be merged." in page
    assert "Choose what" not in page
    assert 'value="platform"' in page
    assert "team" not in await changed(prod)
    await step(editor, TEAM, fields_of(page) | {"text": "platform"}, step="save")
    assert await changed(prod) == {"team": "platform", "n": 5}


async def changed(prod) -> dict:
    """What is other in the value than it was at first."""
    held = pickle.loads(await prod.backend.get(DAILY))
    return {name: part for name, part in held.items() if VALUES[DAILY].get(name) != part}


async def test_the_form_says_that_other_parts_may_change_meanwhile(prod, editor):
    _, page = await step(editor, TEAM, await opened(editor, TEAM), text="platform")
    assert "your change is put on top" in page


async def clashed(write, browser) -> tuple[str, str]:
    fields = await reviewed(browser, TEAM, "platform")
    await write(DAILY, VALUES[DAILY] | {"team": "the bot's", "open": False})
    _, page = await step(browser, TEAM, fields, step="save")
    (name,) = re.findall(r'name="(choice-[0-9a-f]+)" value="mine"', page)
    return page, name


async def test_a_clash_shows_both_and_keeps_what_was_typed(write, prod, editor):
    page, _ = await clashed(write, editor)
    assert "Choose what to keep" in page
    assert 'value="platform"' in page
    assert pickle.loads(await prod.backend.get(DAILY))["team"] == "the bot's"


@pytest.mark.parametrize(("choice", "team"), [("mine", "platform"), ("theirs", "the bot's")])
async def test_the_side_that_was_chosen_is_what_is_saved(write, prod, editor, choice, team):
    page, name = await clashed(write, editor)
    fields = fields_of(page) | {"text": "platform", name: choice}
    _, page = await step(editor, TEAM, fields, step="choose")
    await step(editor, TEAM, fields_of(page) | {"text": "platform"}, step="save")
    expected = VALUES[DAILY] | {"team": team, "open": False}
    assert pickle.loads(await prod.backend.get(DAILY)) == expected


async def test_in_a_source_edit_each_clash_is_chosen_for_itself(write, prod, editor):
    await write("pair", {"a": 1, "b": 1, "c": 1})
    address = links.key_url("prod", "pair", "key-edit", path="", as_="source")
    fields = await reviewed(editor, address, "{'a': 2, 'b': 2, 'c': 2}")
    await write("pair", {"a": 3, "b": 3, "c": 1})
    _, page = await step(editor, address, fields, step="save")
    first, second = re.findall(r'name="(choice-[0-9a-f]+)" value="mine"', page)
    choices = {first: "mine", second: "theirs", "text": fields["text"]}
    _, page = await step(editor, address, fields_of(page) | choices, step="choose")
    await step(editor, address, fields_of(page) | {"text": fields["text"]}, step="save")
    assert pickle.loads(await prod.backend.get("pair")) == {"a": 2, "b": 3, "c": 2}


async def test_a_key_that_went_away_is_not_brought_back(prod, editor):
    fields = await reviewed(editor, TEAM, "platform")
    await prod.backend.delete(DAILY)
    answer, page = await step(editor, TEAM, fields, step="save")
    assert answer.status_code == 409
    assert 'value="platform"' in page
    assert await prod.backend.get(DAILY) is None


async def test_another_type_is_asked_about_first(prod, editor):
    address = links.key_url("prod", DAILY, "key-edit", path="['open']", as_="source")
    fields = await opened(editor, address)
    answer, page = await step(editor, address, fields, text="'maybe'")
    assert answer.status_code == 422
    assert "This would change the type." in page
    _, page = await step(editor, address, fields, text="'maybe'", change_type="1")
    assert "<ins>&#x27;maybe&#x27;</ins>" in page


async def test_another_type_that_was_agreed_to_is_saved_without_a_script(prod, editor):
    address = links.key_url("prod", DAILY, "key-edit", path="['open']", as_="source")
    fields = await opened(editor, address) | {"text": "'maybe'"}
    _, page = await step(editor, address, fields, step="review", change_type="1")
    assert 'name="change_type" value="1" checked' in page
    saved = fields_of(page) | {"text": "'maybe'", "change_type": "1", "step": "save"}
    await editor.post(address, saved, follow=True)
    assert pickle.loads(await prod.backend.get(DAILY))["open"] == "maybe"


async def test_what_cannot_be_read_says_where_and_keeps_the_text(prod, editor):
    typed = "{'team': 'x',\n 'a': [1, 2}"
    answer, page = await step(editor, SOURCE, await opened(editor, SOURCE), text=typed)
    assert answer.status_code == 422
    assert "Line 2, column 12" in page
    assert "&#x27;a&#x27;: [1, 2}</textarea>" in page


async def test_new_text_cannot_bring_in_a_class(prod, editor):
    answer, _ = await step(editor, SOURCE, await opened(editor, SOURCE), text="os.system('x')")
    assert answer.status_code == 422
    assert pickle.loads(await prod.backend.get(DAILY)) == VALUES[DAILY]


async def test_bytes_that_the_server_did_not_make_are_not_written(prod, editor):
    fields = await reviewed(editor, TEAM, "platform")
    forged = fields | {"draft": "gASVBAAAAAAAAACMAUGULg==:forged", "step": "save"}
    await step(editor, TEAM, forged)
    assert pickle.loads(await prod.backend.get(DAILY))["team"] == "platform"


async def test_an_edit_that_changes_nothing_says_so(prod, editor):
    _, page = await step(editor, TEAM, await opened(editor, TEAM), text="platfrom")
    assert "Nothing would change." in page


async def test_a_large_value_is_edited_without_travelling_with_the_form(write, prod, editor):
    large = {"text": "x" * 300_000, "n": 1}
    await write("large", large)
    address = links.key_url("prod", "large", "key-edit", path="['n']")
    fields = await opened(editor, address)
    assert fields["base"] == ""
    fields = await reviewed(editor, address, "2")
    await step(editor, address, fields, step="save")
    assert pickle.loads(await prod.backend.get("large")) == large | {"n": 2}


async def test_both_sides_of_a_large_value_are_shown_and_chosen_from(write, prod, editor):
    large = {"text": "x" * 300_000, "n": 1, "m": 1}
    await write("large", large)
    address = links.key_url("prod", "large", "key-edit", path="['n']")
    fields = await reviewed(editor, address, "2")
    await write("large", large | {"n": 3, "m": 3})
    answer, page = await step(editor, address, fields, step="save")
    assert answer.status_code == 409
    (name,) = re.findall(r'name="(choice-[0-9a-f]+)" value="mine"', page)
    assert len(page) < 100_000
    _, page = await step(
        editor, address, fields_of(page) | {"text": "2", name: "mine"}, step="choose"
    )
    await step(editor, address, fields_of(page) | {"text": "2"}, step="save")
    assert pickle.loads(await prod.backend.get("large")) == large | {"n": 2, "m": 3}


async def test_what_is_kept_for_one_person_is_not_for_another(write, prod, editor):
    await write("large", {"text": "x" * 300_000, "n": 1})
    address = links.key_url("prod", "large", "key-edit", path="['n']")
    fields = await reviewed(editor, address, "2")
    await write("large", {"text": "x" * 300_000, "n": 1, "m": 1})
    other = await signed_in("jon", "editor")
    own = await opened(other, address)
    told = fields | {"csrfmiddlewaretoken": own["csrfmiddlewaretoken"]}
    _, page = await step(other, address, told, step="save")
    assert "is not kept any more" in page
    assert pickle.loads(await prod.backend.get("large"))["n"] == 1


async def test_what_is_shared_says_beside_source_why_it_cannot_be_one_text(write, editor):
    shared = [1]
    await write("shared", {"a": shared, "b": shared})
    page = (await editor.get(links.key_url("prod", "shared"))).content.decode()
    said = "The very same list is in it more than once"
    assert f'aria-disabled="true" tabindex="0" title="{said}' in page
    address = links.key_url("prod", "shared", "key-edit", path="", as_="source")
    assert said in (await editor.get(address)).content.decode()
    menu = await editor.get(links.key_url("prod", "shared", "key-menu", path=""), headers=HTMX)
    assert "Edit this part as text" not in menu.content.decode()
