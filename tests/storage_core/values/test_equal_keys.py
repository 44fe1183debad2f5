"""What would make two keys or members of a set equal, of which the bot keeps one, is refused."""

import pickle

import pytest

from storage_core.exceptions import RefusedEdit
from storage_core.values import Edit, read
from storage_core.values.merge import merge

PAIR = (1, 2)


def applied(value: object, edit: Edit) -> object:
    return pickle.loads(read(pickle.dumps(value, 4)).apply(edit))


def path_of(value: object, text: str) -> str:
    """Sets have no order that holds from one process to the next."""
    rows = read(pickle.dumps(value, 4)).outline().rows
    return next(row.path for row in rows if row.text == text and row.path)


@pytest.mark.parametrize("text", ["1", "1.0", "True", "'b'"])
@pytest.mark.parametrize("kind", [set, frozenset])
@pytest.mark.parametrize("action", ["change", "replace"])
def test_a_member_does_not_become_another_that_is_there(kind, text, action):
    value = kind(["a", 1, "b"])
    path = path_of(value, "'a'")
    with pytest.raises(RefusedEdit, match="there already, and keep only one"):
        applied(value, Edit(action, path, text, change_type=True))


@pytest.mark.parametrize("kind", [set, frozenset])
def test_a_member_becomes_one_that_is_new(kind):
    value = kind(["a", 1, "b"])
    assert applied(value, Edit("change", path_of(value, "'a'"), "'c'")) == kind(["c", 1, "b"])


def test_an_item_of_a_member_does_not_make_it_another():
    value = {PAIR, (1, 3)}
    rows = read(pickle.dumps(value, 4)).outline().rows
    path = next(row.path for row in rows if row.text == "2" and row.path)
    with pytest.raises(RefusedEdit, match="keep only one"):
        applied(value, Edit("change", path, "3"))
    assert applied(value, Edit("change", path, "4")) == {(1, 4), (1, 3)}


def test_a_key_that_is_used_elsewhere_as_well_does_not_become_another():
    value = [PAIR, {PAIR: "a", (1, 3): "b"}]
    with pytest.raises(RefusedEdit, match="keep only one"):
        applied(value, Edit("change", "[0][1]", "3"))
    assert applied(value, Edit("change", "[0][1]", "4")) == [(1, 4), {(1, 4): "a", (1, 3): "b"}]


def test_nothing_is_added_under_a_key_that_is_equal_to_one_that_is_there():
    with pytest.raises(RefusedEdit, match="there is another True already"):
        applied({"a": 5, 1: 6}, Edit("add", "", "3", key="True"))


def test_a_merge_does_not_put_two_equal_keys_into_one_dict():
    base, mine, theirs = (
        pickle.dumps(value, 4)
        for value in ({"a": 1}, {"a": 1, True: "mine"}, {"a": 1, 1: "theirs"})
    )
    merged = merge(base, mine, theirs)
    assert merged.merged is None
    (clash,) = merged.conflicts
    assert (clash.mine, clash.theirs) == ("'mine'", None)
    assert clash.reason == "there is another True already"
