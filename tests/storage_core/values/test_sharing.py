"""What a change says of other places that hold the very same thing."""

import pickle

import pytest

from storage_core.values import Edit, read
from storage_core.values.diff import differences
from storage_core.values.sharing import Sharing


def value(places: int) -> dict[str, object]:
    shared = [1, [2]]
    return {"n": 0} | {f"at{number}": shared for number in range(places)}


def said(before: object, edit: Edit) -> set[str]:
    old = read(pickle.dumps(before, 4))
    new = read(old.apply(edit))
    sharing = Sharing(old, new)
    return {sharing.said_of(one.path) for one in differences(old, new)}


@pytest.mark.parametrize(
    "edit",
    [
        Edit("append", "['at0']", "3"),
        Edit("change", "['at0'][0]", "5"),
        Edit("change", "['at0'][1][0]", "5"),
        Edit("remove", "['at0'][0]"),
    ],
)
def test_a_change_in_what_is_shared_is_one_of_all_places(edit):
    (text,) = said(value(2), edit)
    assert text == "The list at ['at0'] is also used in 1 other place, which changes with it."


def test_what_is_replaced_whole_is_no_longer_the_same():
    edit = Edit("replace", "['at0']", "[1, 2, 3]")
    assert said(value(4), edit) == {
        "The list at ['at0'] is also used in 3 other places, which keep what they hold."
    }


def test_nothing_is_said_where_nothing_is_shared():
    assert said(value(2), Edit("change", "['n']", "5")) == {""}
    assert said({"a": [1]}, Edit("append", "['a']", "2")) == {""}
