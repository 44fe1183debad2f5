"""What the same code builds is not compared, and what is told of two values stays the same."""

import pickle

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage_core.exceptions import RefusedEdit
from storage_core.values import Edit, Masking, read
from storage_core.values.diff import Differences
from storage_core.values.unchanged import Unchanged, may_hold_itself
from tests.storage_core.values.bot_process import BotError
from tests.storage_core.values.random_pairs import pair
from tests.storage_core.values.random_values import Source, random_edit

MANY = {f"U{number:05}": {"karma": number, "by": ["anna", "bob"]} for number in range(500)}
SPLICED = {
    "a number": Edit("change", "['U00250']['karma']", "-1"),
    "the first": Edit("replace", "['U00000']['karma']", "'other'"),
    "the last": Edit("append", "['U00499']['by']", "'carl'"),
    "one less": Edit("remove", "['U00100']"),
    "one more": Edit("add", "", "{'karma': 1}", "'new'"),
    "another name": Edit("rename", "['U00100']", key="'new'"),
}
PICKLED = {
    "a text that others use again": lambda value: value["U00000"]["by"].insert(0, "carl"),
    "a key that is there twice": lambda value: value.update(U00100=value["U00101"]),
    "another order": lambda value: value.update(U00007=value.pop("U00007")),
}


def told(before: bytes, after: bytes, *, quickly: bool, masking: Masking | None = None):
    """The differences, with the programs known or only the trees."""
    old, new = read(before, masking), read(after, masking)
    programs = (old.program, new.program) if quickly else None
    return [one.shown() for one in Differences(old.root, new.root, programs=programs).find()]


def agree(before: bytes, after: bytes, masking: Masking | None = None) -> bool:
    quick = told(before, after, quickly=True, masking=masking)
    return quick == told(before, after, quickly=False, masking=masking)


@given(r=st.randoms(use_true_random=True))
@settings(max_examples=800, deadline=None)
def test_the_same_is_told_whether_the_code_is_looked_at_or_not(r):
    assert agree(*pair(r))


@given(r=st.randoms(use_true_random=True))
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_same_is_told_of_an_edit_of_what_a_bot_wrote(bot, r):
    protocol = r.choice((0, 1, 2, 3, 4, 5))
    try:
        before = bot.write(Source(r).build(), [protocol])[0]
    except BotError:  # a random value that cannot be made
        return
    chosen = random_edit(r, read(before))
    if chosen is not None:
        assert agree(before, edited(before, chosen[0]))


def edited(data, edit):
    try:
        return read(data).apply(edit)
    except RefusedEdit:
        return data


@pytest.mark.parametrize("masking", [None, Masking("x", words=("karma",))])
@pytest.mark.parametrize("name", SPLICED)
def test_most_of_a_large_value_is_not_looked_at(name, masking):
    before = pickle.dumps(MANY, 4)
    after = read(before).apply(SPLICED[name])
    assert agree(before, after, masking)
    old, new = read(before, masking).program, read(after, masking).program
    first, last = Unchanged(old, new).runs(old.root.items, new.root.items)
    assert first + last >= 2 * len(MANY) - 4


@pytest.mark.parametrize("name", PICKLED)
def test_what_a_bot_writes_anew_is_told_the_same(name):
    value = pickle.loads(pickle.dumps(MANY))
    PICKLED[name](value)
    assert agree(pickle.dumps(MANY, 4), pickle.dumps(value, 4))


def test_frames_make_no_difference():
    before = pickle.dumps([MANY, [f"{number:0100}" for number in range(2000)], "end"], 4)
    after = read(before).edit("[0]['U00100']['karma']", "7")
    old, new = read(before).program, read(after).program
    assert len(old.frames) > len(new.frames) == 1
    unchanged = Unchanged(old, new)
    assert unchanged.runs(old.root.items, new.root.items) == (0, 2)
    assert unchanged.runs(old.root.items[0].items, new.root.items[0].items) == (201, 798)
    assert agree(before, after)


BY_HAND = {
    "a list that is filled after it was taken from the memo": (
        b"\x80\x04](]\x94h\x00K\x01ae.", b"\x80\x04](]\x94h\x00K\x02ae."
    ),
    "an object whose fields are set after it was taken from the memo": (
        b"\x80\x04](cm\nC\n)R\x94h\x00}K\x01K\x01sbe.",
        b"\x80\x04](cm\nC\n)R\x94h\x00}K\x01K\x02sbe.",
    ),
    "a part that is thrown away": (
        b"\x80\x04](K\x01K\x020K\x03e.", b"\x80\x04](K\x01K\x02K\x03e."
    ),
    "a protocol in which a name means something else": (
        b"\x80\x02](cUserDict\nUserDict\nK\x01e.", b"\x80\x03](cUserDict\nUserDict\nK\x01e."
    ),
    "items put into what takes none": (
        b"\x80\x04](K\x01K\x02aK\x03e.", b"\x80\x04](K\x01K\x02K\x03e."
    ),
}  # fmt: skip
"""Values in which the code of a part does not say what it is."""


@pytest.mark.parametrize("name", BY_HAND)
def test_what_is_not_told_by_its_own_code_is_compared(name):
    before, after = BY_HAND[name]
    assert told(before, after, quickly=True)
    assert agree(before, after)
    unchanged = Unchanged(read(before).program, read(after).program)
    assert (unchanged.ahead, unchanged.behind) == (0, 0)


def test_the_same_code_that_takes_something_else_from_the_memo_is_compared():
    """`([1],)` became `(([2],),)`, and what follows is that list once more."""
    before = b"\x80\x04](]\x94K\x01a\x85h\x00K\x07e."
    after = b"\x80\x04](]\x94K\x02a\x85\x85h\x00K\x07e."
    assert [one.path for one in told(before, after, quickly=True)] == ["[0][0]", "[1][0]"]
    assert agree(before, after)


@pytest.mark.parametrize("key", ["U00101", "U00099", "U00499"])
def test_a_key_that_comes_to_be_there_twice_is_named_as_one(key):
    before = pickle.dumps(MANY, 4)
    after = before.replace(b"U00100", key.encode(), 1)
    assert any(one.path == "{100}" for one in told(before, after, quickly=True)) or key == "U00099"
    assert agree(before, after)


def test_one_of_many_items_that_are_equal_is_found_once():
    before, after = pickle.dumps([7] * 50, 4), pickle.dumps([7] * 49, 4)
    assert len(told(before, after, quickly=True)) == 1
    assert agree(before, after)
    assert agree(after, before)


def test_keys_that_are_too_long_for_a_path_are_named_by_their_place():
    value = {f"{number} {'x' * 300}": number for number in range(20)}
    before = pickle.dumps(value, 4)
    assert agree(before, read(before).apply(Edit("remove", "{7}")))
    assert agree(before, read(before).apply(Edit("change", "{7}", "70")))


def test_what_holds_itself_is_compared_by_digests():
    itself = [1]
    itself.append(itself)
    assert may_hold_itself(read(pickle.dumps(itself)).program)
    assert not may_hold_itself(read(pickle.dumps([[1], [1]])).program)
    assert not may_hold_itself(read(pickle.dumps([itself[:1]] * 2)).program)
    # [[], [its neighbour]], and then the first of them is given the second.
    late = b"\x80\x04](]\x94]\x94h\x00ah\x00h\x01ae."
    assert may_hold_itself(read(late).program)
