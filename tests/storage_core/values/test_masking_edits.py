"""Beside what is masked, and in its place, edits work: none of them shows it."""

import json
import pickle

import pytest

from storage_core.exceptions import RefusedEdit
from storage_core.values import Edit, Masking, create, diff, merge, read
from storage_core.values.masking import MASK
from tests.storage_core.values.masked import HUNTER, RULES, TOKEN


def test_a_masked_field_is_replaced_without_being_revealed():
    value = read(pickle.dumps({"token": HUNTER, "n": 1}), RULES)
    (row,) = [row for row in value.outline().rows if row.path == "['token']"]
    assert (row.can_edit, row.edit_text, row.group, row.count) == (True, None, "masked", None)
    assert {"change", "remove"} <= set(row.actions)
    assert pickle.loads(value.edit(row.path, "'new'")) == {"token": "new", "n": 1}


@pytest.mark.parametrize(("value", "edit"), [
    ({"token": HUNTER}, Edit("rename", "['token']", key="'note'")),
    ([("token", HUNTER)], Edit("change", "[0][0]", "'note'")),
    ([["token", HUNTER]], Edit("change", "[0][0]", repr(TOKEN))),
    ([["token", HUNTER]], Edit("append", "[0]", "1")),
    ([["token", HUNTER]], Edit("move", "[0][0]", index=1)),
    ({"secret": {"a": HUNTER}, "b": 1}, Edit("change", "['secret']['a']", "'x'")),
])  # fmt: skip
def test_no_edit_shows_what_is_masked(value, edit):
    data = pickle.dumps(value)
    assert read(data).apply(edit)
    with pytest.raises(RefusedEdit, match=r"masked|nothing is at"):
        read(data, RULES).apply(edit)


def test_beside_what_is_masked_everything_can_be_edited():
    value = read(pickle.dumps({"token": HUNTER, "n": [1], "x": {"password": HUNTER}}), RULES)
    assert pickle.loads(value.apply(Edit("append", "['n']", "2")))["n"] == [1, 2]
    assert pickle.loads(value.apply(Edit("remove", "['x']"))) == {"token": HUNTER, "n": [1]}
    assert pickle.loads(value.apply(Edit("rename", "['n']", key="'m'")))["m"] == [1]


BESIDE = {
    "a member of a set": (f"{{{TOKEN!r}, 4711}}", "append", ""),
    "a member of a masked set": ("{'tokens': {4711, 4712}}", "append", "['tokens']"),
    "a member of one in a masked list": ("{'tokens': [{4711}]}", "append", "['tokens'][0]"),
    "a key of a dict": (f"{{{TOKEN!r}: 1}}", "add", ""),
    "a key of a masked dict": (f"{{'tokens': {{{TOKEN!r}: 1}}}}", "add", "['tokens']"),
    "the name of a key": (f"{{{TOKEN!r}: 1, 'n': 2}}", "rename", "['n']"),
    "another member instead": (f"{{1, {TOKEN!r}}}", "change", "{0}"),
    "a part of a member": (f"{{(1, 2), ({TOKEN!r}, 2)}}", "change", "{0}[0]"),
    "a part of a member elsewhere": (f"[{{(1, 2)}}, {{{TOKEN!r}}}]", "change", "[0]{0}[0]"),
}


@pytest.mark.parametrize("what", BESIDE)
def test_nothing_can_be_guessed_by_what_may_not_be_there_twice(what):
    text, action, path = BESIDE[what]
    value = read(create(text), RULES)
    answers = set()
    for guess in (repr(TOKEN), "4711", "'something else'"):
        typed = {"text": guess} if action in ("append", "change") else {"key": guess, "text": "1"}
        with pytest.raises(RefusedEdit) as caught:
            value.apply(Edit(action, path, change_type=True, **typed))
        answers.add(str(caught.value))
    assert len(answers) == 1


def test_what_holds_something_masked_cannot_be_edited_as_one_text():
    rows = read(pickle.dumps([{"token": HUNTER}, {"n": 1}]), RULES).outline().rows
    refused = {row.path for row in rows if row.refusal and "masked" in row.refusal}
    assert refused == {"", "[0]"}
    assert all(row.edit_text is None for row in rows if row.path in refused)


def test_a_path_to_beside_a_masked_key_leads_to_the_same_place():
    data = pickle.dumps({TOKEN: 1, f"{TOKEN}2": 2})
    paths = [row.path for row in read(data, RULES).outline().rows[1:]]
    assert pickle.loads(read(data).edit(paths[1], "3")) == {TOKEN: 1, f"{TOKEN}2": 3}


def test_a_text_can_be_edited_where_rules_looked_and_found_nothing():
    value = read(pickle.dumps({"a": "a token of love", "b": "a longer text"}, 4), Masking("x"))
    assert pickle.loads(value.edit("['b']", "'new'")) == {"a": "a token of love", "b": "new"}


def test_a_difference_tells_that_a_secret_changed_but_not_what_it_is():
    (one,) = diff(pickle.dumps({"token": HUNTER}), pickle.dumps({"token": "other"}), RULES)
    assert (one.path, one.before, one.after) == ("['token']", MASK, MASK)
    assert not diff(pickle.dumps({"token": HUNTER}), pickle.dumps({"token": HUNTER}, 2), RULES)


def test_a_merge_puts_secrets_together_and_shows_none():
    base, theirs = ({"token": "a", "n": n, "more": {}} for n in (1, 2))
    mine = {"token": "b", "n": 1, "more": {"x": {"secret": HUNTER}}}
    together = merge(*map(pickle.dumps, (base, mine, theirs)), RULES)
    assert pickle.loads(together.merged) == {**mine, "n": 2}
    assert HUNTER not in json.dumps(together.as_dict())


def test_a_conflict_over_a_secret_shows_neither_side():
    sides = [pickle.dumps({"token": {"a": text}}) for text in ("1", HUNTER, f"{HUNTER}!")]
    together = merge(*sides, RULES)
    assert together.merged is None
    (one,) = together.conflicts
    assert (one.base, one.mine, one.theirs) == (MASK, MASK, MASK)
