"""What changed: paths, not lines."""

import pytest

from storage_core.values import create, diff
from tests.storage_core.values.hostile import CASES

CASES_OF_CHANGE = [
    ("{'a': 1}", "{'a': 1}", []),
    ("{'a': 1}", "{'a': 2}", [("['a']", "changed", "1", "2")]),
    ("{'a': 1}", "{'a': True}", [("['a']", "changed", "1", "True")]),
    ("{'a': 1}", "{'b': 1}", [("['b']", "added", None, "1"), ("['a']", "removed", "1", None)]),
    ("{'a': 1, 'b': 2}", "{'b': 2, 'a': 1}", [
        ("", "reordered", "{'a': 1, 'b': 2}", "{'b': 2, 'a': 1}")]),
    ("[1, 2, 3]", "[1, 3]", [("[1]", "removed", "2", None)]),
    ("[1, 2]", "[0, 1, 2]", [("[0]", "added", None, "0")]),
    ("[[1, 2], 3]", "[[1, 9], 3]", [("[0][1]", "changed", "2", "9")]),
    ("{1, 2}", "{2, 3}", [("{0}", "removed", "1", None), ("{1}", "added", None, "3")]),
    ("{1, 2}", "{2, 1}", []),
    ("[]", "{}", [("", "changed", "[]", "{}")]),
    ("deque([1], maxlen=2)", "deque([1], maxlen=3)", [
        ("", "changed", "deque([1], maxlen=2)", "deque([1], maxlen=3)")]),
    ("date('2026-01-01')", "date('2026-01-02')", [
        ("", "changed", 'date("2026-01-01")', 'date("2026-01-02")')]),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "expected"), CASES_OF_CHANGE)
def test_it_names_what_changed(before, after, expected):
    found = diff(create(before), create(after))
    assert [(one.path, one.kind, one.before, one.after) for one in found] == expected


def test_how_a_value_is_written_is_no_difference(bot):
    source = "{'a': {1}, 'b': b'x', 'c': datetime(2026, 1, 1), 'd': UUID(int=7)}"
    old, new = bot.write(source, [0, 4])
    assert diff(old, new) == ()


def test_fields_of_objects_have_paths(bot):
    (old,), (new,) = bot.write("[Ticket('a', 1)]"), bot.write("[Ticket('a', 2)]")
    assert [one.path for one in diff(old, new)] == ["[0].number"]


@pytest.mark.parametrize(
    "case", ["doubled lists", "deep objects", "itself as a key", "text", "cut off"]
)
def test_any_two_values_can_be_compared(case):
    assert diff(CASES[case], CASES[case]) == ()
    assert [one.path for one in diff(CASES[case], create("1.5"))] == [""]
    assert [one.path for one in diff(create("1.5"), CASES[case])] == [""]
