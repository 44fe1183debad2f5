"""A person's change and the bot's, made at the same time."""

import pickle

import pytest

from storage_core.values import create, merge, read

MERGED = [
    ("{'a': 1, 'b': 2}", "{'a': 9, 'b': 2}", "{'a': 1, 'b': 8}", "{'a': 9, 'b': 8}"),
    ("{'a': 1}", "{'a': 1, 'x': 2}", "{'a': 1, 'y': 3}", "{'a': 1, 'y': 3, 'x': 2}"),
    ("{'a': 1, 'b': 2}", "{'b': 2}", "{'a': 1, 'b': 3}", "{'b': 3}"),
    ("{'a': {'x': 1, 'y': 1}}", "{'a': {'x': 2, 'y': 1}}", "{'a': {'x': 1, 'y': 2}}",
     "{'a': {'x': 2, 'y': 2}}"),
    ("[1, 2]", "[9, 2]", "[1, 2, 3]", "[9, 2, 3]"),
    ("[[1], [2]]", "[[1, 5], [2]]", "[[1], [3]]", "[[1, 5], [3]]"),
    ("{1, 2}", "{1, 2, 3}", "{2, 4}", "{2, 4, 3}"),
    ("{1, 2}", "{2}", "{1, 2, 3}", "{2, 3}"),
    ("{'a': 1}", "{'a': 2}", "{'a': 2}", "{'a': 2}"),
    ("{'a': 1, 'b': 1}", "{'a': 2, 'b': 3}", "{'a': 2, 'b': 1}", "{'a': 2, 'b': 3}"),
    ("{'a': 1}", "{'a': 2}", "{'a': 1}", "{'a': 2}"),
    ("{'a': 1}", "{'a': 1}", "{'a': 2}", "{'a': 2}"),
    ("[1, 2, 3]", "[1, 3]", "[1, 2, 3]", "[1, 3]"),
    ("[1, 2, 3]", "[1, 3]", "[1, 2, 9]", "[1, 9]"),
]  # fmt: skip
CONFLICTS = [
    ("{'a': 1}", "{'a': 2}", "{'a': 3}", ["['a']"]),
    ("{'a': 1}", "{}", "{'a': 3}", ["['a']"]),
    ("{'a': {'x': 1}}", "{'a': 5}", "{'a': {'x': 2}}", ["['a']"]),
    ("{}", "{'a': 1}", "{'a': 2}", ["['a']"]),
    ("[1, 2]", "[1, 2, 3]", "[1, 2, 4]", ["[3]"]),
    ("[1, 2, 3]", "[1, 3]", "[1, 9, 3]", ["[1]"]),
    ("{'a': 1, 'b': 2}", "{'a': 5, 'b': 2}", "{'a': 3, 'b': 4}", ["['a']"]),
    ("1", "2", "3", [""]),
]


@pytest.mark.parametrize(("base", "mine", "theirs", "expected"), MERGED)
def test_changes_in_different_places_merge(base, mine, theirs, expected):
    result = merge(create(base), create(mine), create(theirs))
    assert result.conflicts == ()
    assert result.merged is not None
    assert read(result.merged).to_text() == expected


@pytest.mark.parametrize(("base", "mine", "theirs", "paths"), CONFLICTS)
def test_changes_of_the_same_place_are_conflicts(base, mine, theirs, paths):
    result = merge(create(base), create(mine), create(theirs))
    assert result.merged is None
    assert [conflict.path for conflict in result.conflicts] == paths


def test_a_conflict_shows_all_three():
    conflict = merge(create("{'a': 1}"), create("{'a': 2}"), create("{'a': 3}")).conflicts[0]
    assert (conflict.base, conflict.mine, conflict.theirs) == ("1", "2", "3")


def test_two_fields_of_an_object_merge_and_the_bot_reads_both(bot):
    base = bot.write("{'t': Ticket('printer', 7)}")[0]
    mine = read(base).edit("['t'].title", "'fax'")
    theirs = bot.write("{'t': Ticket('printer', 8)}")[0]
    result = merge(base, mine, theirs)
    assert result.merged is not None
    assert bot.ask(result.merged, "v == {'t': Ticket('fax', 8)}") == "True"


def test_what_cannot_be_read_is_not_merged():
    result = merge(create("1"), create("2"), b"\x80\x04broken")
    assert (result.merged, result.conflicts[0].reason) == (
        None,
        "one of the values cannot be read",
    )


def test_changes_that_are_too_many_to_merge_can_be_left_out():
    base = dict.fromkeys(range(9000), 0)
    sides = [base, base | dict.fromkeys(range(60), 1), dict.fromkeys(base, 2)]
    data = [pickle.dumps(one) for one in sides]
    (conflict,) = merge(*data).conflicts
    assert "too many" in (conflict.refusal or "")
    assert merge(*data, keep={"": False}).merged == data[2]


def test_a_change_stays_where_it_is_though_thousands_of_others_are_made():
    base = {"n": 0, **{str(n): 0 for n in range(3000)}}
    sides = [base, base | {"n": 5}, {"n": 0, **{str(n): 1 for n in range(3000)}}]
    merged = merge(*[pickle.dumps(one) for one in sides]).merged
    assert merged is not None
    assert pickle.loads(merged) == sides[2] | {"n": 5}
    (conflict,) = merge(*[pickle.dumps(one) for one in (*sides[:2], sides[2] | {"n": 9})]).conflicts
    assert conflict.path == "['n']"
