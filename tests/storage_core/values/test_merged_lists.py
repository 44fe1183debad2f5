"""A person's change of an item, while the bot lets items of the same list come and go."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage_core.values import create, merge, read
from storage_core.values.alignment import CELLS, align

PIZZA, BURGER = "{'id': 1, 'name': 'Pizza', 'n': 3}", "{'id': 2, 'name': 'Burger', 'n': 5}"
NEW = "{'id': 3, 'name': 'New', 'n': 0}"
POLL = "[{'name': 'Pizza', 'votes': 3}, {'name': 'Burger', 'votes': 5}]"
MERGED = [
    ("['p', 'q', 'r']", "['p', 'mine', 'r']", "['new', 'p', 'q', 'r']",
     "['new', 'p', 'mine', 'r']"),
    ("['p', 'q', 'r']", "['p', 'mine', 'r']", "['new', 'p', 'q']", "['new', 'p', 'mine']"),
    ("['p', 'q', 'r']", "['p', 'mine', 'r']", "['q', 'r']", "['mine', 'r']"),
    ("[1, 2, 3]", "[1, 3]", "[0, 1, 2, 3, 4]", "[0, 1, 3, 4]"),
    ("[1, 2, 3]", "[1, 2, 3, 4]", "[0, 2, 3]", "[0, 2, 3, 4]"),
    ("[1, 2]", "[1, 2, 3, 4]", "[0, 1, 2]", "[0, 1, 2, 3, 4]"),
    ("[[1, 2], [3, 4]]", "[[1, 2], [3, 9]]", "[[0], [1, 2], [3, 4, 5]]",
     "[[0], [1, 2], [3, 9, 5]]"),
    (f"[{PIZZA}, {BURGER}]", f"[{PIZZA.replace('zz', 'ss')}, {BURGER}]",
     f"[{NEW}, {PIZZA.replace('3', '4')}, {BURGER.replace('5', '6')}]",
     f"[{NEW}, {PIZZA.replace('zz', 'ss').replace('3', '4')}, {BURGER.replace('5', '6')}]"),
    (POLL, POLL.replace("zz", "ss"), POLL.replace("3", "4").replace("5", "6"),
     POLL.replace("zz", "ss").replace("3", "4").replace("5", "6")),
]  # fmt: skip
ASKED = [
    ("[0, 0, 0]", "[0, 5, 0]", "[0, 0, 0, 0]", "[1]", "[0, 5, 0, 0]"),
    ("['p', 'q', 'r']", "['p', 'mine', 'r']", "['p', 'r']", "[1]", "['p', 'mine', 'r']"),
    ("['p', 'q', 'r']", "['p', 'mine', 'r']", "['p', 'x', 'y', 'r']", "[1]",
     "['p', 'mine', 'x', 'y', 'r']"),
    ("['p', 'q', 'r']", "['p', 'mine', 'r']", "['new', 'p', 'x', 'r']", "[2]",
     "['new', 'p', 'mine', 'r']"),
    ("[{'id': 1, 'note': ''}]", "[{'id': 1, 'note': 'x'}]", "[{'id': 9, 'note': ''}, 0]",
     "[0]", "[{'id': 1, 'note': 'x'}, {'id': 9, 'note': ''}, 0]"),
    ("[{'id': 1, 'note': ''}]", "[{'id': 1, 'note': 'x'}]", "[{'id': 9, 'note': ''}]",
     "[0]['note']", "[{'id': 9, 'note': 'x'}]"),
    ("[1]", "[1, 2, 3]", "[1, 7]", "[2]", "[1, 7, 2, 3]"),
]  # fmt: skip


@pytest.mark.parametrize(("base", "mine", "theirs", "expected"), MERGED)
def test_an_item_is_the_same_one_wherever_it_stands(base, mine, theirs, expected):
    result = merge(create(base), create(mine), create(theirs))
    assert result.merged is not None
    assert read(result.merged).to_text() == expected


@pytest.mark.parametrize(("base", "mine", "theirs", "path", "kept"), ASKED)
def test_what_is_not_certain_is_asked_and_done_where_it_was_named(base, mine, theirs, path, kept):
    sides = create(base), create(mine), create(theirs)
    (conflict,) = merge(*sides).conflicts
    assert (conflict.path, conflict.refusal) == (path, None)
    for is_mine, expected in ((True, kept), (False, theirs)):
        decided = merge(*sides, keep={conflict.place: is_mine}).merged
        assert decided is not None
        assert read(decided).to_text() == expected


def changed(items: list[str], at: int, edit: str, new: str) -> tuple[list[str], list[int | None]]:
    """A list after one edit of the bot, and where each item is then."""
    there: list[int | None] = list(range(len(items)))
    if edit == "insert":
        return [*items[:at], new, *items[at:]], [i + (i >= at) for i in range(len(items))]
    if edit == "remove":
        there = [None if i == at else i - (i > at) for i in range(len(items))]
        return items[:at] + items[at + 1 :], there
    there[at] = None  # it is another one
    return [*items[:at], new, *items[at + 1 :]], there


EDITS = st.tuples(st.integers(0, 9), st.sampled_from(["insert", "remove", "change"]))
SHAPES = st.sampled_from(["{}", "{{'a': {}}}", "[[0], {}, 'z']", "({},)"])


def written(shape: str, items: list[str]) -> bytes:
    return create(shape.format(f"[{', '.join(items)}]"))


def text(data: bytes) -> str:
    return read(data).to_text()


def checked(shape: str, items: list[str], mine: int, now: list[str], place: int | None) -> None:
    """That a merge is of the right item, or asks, and that what was asked is what is done."""
    edited = [*items[:mine], "'mine'", *items[mine + 1 :]]
    sides = [written(shape, one) for one in (items, edited, now)]
    result = merge(*sides)
    if result.merged is not None:
        assert place is not None or now == items
        at = mine if place is None else place
        wanted = [*now[:at], "'mine'", *now[at + 1 :]]
        assert text(result.merged) == text(written(shape, wanted))
        return
    (conflict,) = result.conflicts
    kept = merge(*sides, keep={conflict.place: True}).merged
    at = int(conflict.path.rpartition("[")[2][:-1])
    if conflict.theirs is not None:
        assert conflict.theirs == now[at]
        assert text(kept) == text(written(shape, [*now[:at], "'mine'", *now[at + 1 :]]))
    else:
        put_back = [[*now[:at], "'mine'", *now[at:]] for at in range(len(now) + 1)]
        assert text(kept) in {text(written(shape, one)) for one in put_back}
    assert merge(*sides, keep={conflict.place: False}).merged == sides[2]


@settings(max_examples=150, deadline=None)
@given(st.data(), st.lists(st.sampled_from("012"), min_size=1, max_size=6), SHAPES)
def test_among_equal_items_only_the_right_one_is_changed_unasked(data, items, shape):
    mine = data.draw(st.integers(0, len(items) - 1))
    at, edit = data.draw(EDITS)
    now, there = changed(items, at % len(items), edit, data.draw(st.sampled_from("012")))
    checked(shape, items, mine, now, there[mine])


@settings(max_examples=150, deadline=None)
@given(st.data(), st.integers(1, 7), st.lists(EDITS, min_size=1, max_size=4), SHAPES)
def test_after_many_edits_of_the_bot_the_right_item_is_changed(data, count, edits, shape):
    items = now = [str(i) for i in range(count)]
    mine = data.draw(st.integers(0, count - 1))
    place: int | None = mine
    for number, (at, edit) in enumerate(edits):
        if now:
            now, there = changed(now, at % len(now), edit, str(100 + number))
            place = None if place is None else there[place]
    checked(shape, items, mine, now, place)


def test_in_a_long_list_what_is_there_once_is_surely_found():
    old = [b"%d" % i for i in range(CELLS)]
    old[5] = old[7]
    found = align(old, [b"new", *old[:20], *old[21:], b"more"], lambda *_: 0)
    assert found.unsure == {5, 7}
    assert [found.places[i] for i in (4, 5, 7, 20, 21, CELLS - 1)] == [5, 6, 8, None, 21, CELLS - 1]
    found = align(old, [*old[9:], *old[:9]], lambda *_: 0)
    assert {4, 20, CELLS - 1} <= found.unsure
