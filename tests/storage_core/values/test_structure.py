"""Adding, removing, renaming and moving, in every container and in objects nobody can import."""

import pytest

from storage_core.exceptions import RefusedEdit
from storage_core.values import Edit, read

PROTOCOLS = (0, 2, 4)
WHOLE = ("Names", "Table")
"""Subclasses of list and dict: protocols 0 and 1 hand their contents over as one argument."""
EDITS = [
    ("[1, 2]", Edit("append", "", "3"), "v == [1, 2, 3]"),
    ("[1]", Edit("append", "", "2"), "v == [1, 2]"),
    ("[]", Edit("append", "", "'a'"), "v == ['a']"),
    ("[1, 2]", Edit("insert", "", "0", index=0), "v == [0, 1, 2]"),
    ("[1, 2, 3]", Edit("remove", "[1]"), "v == [1, 3]"),
    ("[1]", Edit("remove", "[0]"), "v == []"),
    ("[1, 2, 3]", Edit("move", "[0]", index=2), "v == [2, 3, 1]"),
    ("[1, 2, 3]", Edit("move", "[2]", index=0), "v == [3, 1, 2]"),
    ("list(range(2500))", Edit("remove", "[1000]"), "v == [n for n in range(2500) if n != 1000]"),
    ("list(range(2500))", Edit("append", "", "7"), "v == [*range(2500), 7]"),
    ("()", Edit("append", "", "1"), "v == (1,)"),
    ("(1,)", Edit("remove", "[0]"), "v == ()"),
    ("(1, 2, 3)", Edit("append", "", "4"), "v == (1, 2, 3, 4)"),
    ("(1, 2, 3, 4)", Edit("remove", "[0]"), "v == (2, 3, 4)"),
    ("(1, 2, 3)", Edit("move", "[0]", index=1), "v == (2, 1, 3)"),
    ("{}", Edit("add", "", "1", "'a'"), "v == {'a': 1}"),
    ("{'a': 1}", Edit("add", "", "[2]", "(1, 2)"), "v == {'a': 1, (1, 2): [2]}"),
    ("{'a': 1, 'b': 2}", Edit("remove", "['a']"), "v == {'b': 2}"),
    ("{'a': 1, 'b': 2}", Edit("rename", "['a']", key="'c'"), "list(v) == ['c', 'b']"),
    ("{'a': 1, 'b': 2}", Edit("move", "['b']", index=0), "list(v) == ['b', 'a']"),
    ("{1}", Edit("append", "", "2"), "v == {1, 2}"),
    ("set()", Edit("append", "", "2"), "v == {2}"),
    ("{1}", Edit("remove", "{0}"), "v == set()"),
    ("frozenset({1})", Edit("append", "", "'x'"), "v == frozenset({1, 'x'})"),
    ("OrderedDict(a=1)", Edit("add", "", "2", "'b'"), "v == OrderedDict(a=1, b=2)"),
    ("OrderedDict(a=1, b=2)", Edit("move", "['a']", index=1), "list(v) == ['b', 'a']"),
    ("Counter(a=1)", Edit("add", "", "2", "'b'"), "v == Counter(a=1, b=2)"),
    ("defaultdict(int)", Edit("add", "", "2", "'b'"), "v == {'b': 2} and v['c'] == 0"),
    ("deque([1], 3)", Edit("append", "", "2"), "v == deque([1, 2]) and v.maxlen == 3"),
    ("Ticket('a')", Edit("add", "", "[1]", "owner"), "v.owner == [1]"),
    ("Ticket('a')", Edit("remove", ".number"), "'number' not in vars(v)"),
    ("Ticket('a')", Edit("rename", ".number", key="count"), "v.count == 0"),
    ("Names([1])", Edit("append", "", "2"), "v == Names([1, 2])"),
    ("Table(a=1)", Edit("add", "", "2", "'b'"), "v == Table(a=1, b=2)"),
    ("Plain(a=[1])", Edit("append", ".a", "2"), "v.a == [1, 2]"),
]  # fmt: skip


CASES = [
    pytest.param(*case, protocol, id=f"{case[0][:20]} {case[1].action}, protocol {protocol}")
    for case in EDITS
    for protocol in PROTOCOLS
    if protocol >= 2 or not case[0].startswith(WHOLE)
]


@pytest.mark.parametrize(("source", "edit", "check", "protocol"), CASES)
def test_the_bot_reads_a_structural_edit(bot, source, edit, check, protocol):
    data = bot.write(source, [protocol])[0]
    assert bot.ask(read(data).apply(edit), check) == "True"


@pytest.mark.parametrize(
    ("source", "edit", "said"),
    [
        ("{'a': 1}", Edit("add", "", "2", "'a'"), "another 'a' already"),
        ("{'a': 1, 1: 2}", Edit("rename", "['a']", key="True"), "another True already"),
        ("{'a': 1}", Edit("add", "", "2", "[]"), "a list cannot be a key"),
        ("{1}", Edit("append", "", "1"), "in the set already"),
        ("{1}", Edit("append", "", "{}"), "a dict cannot be a key or a member"),
        ("{(1, 2)}", Edit("replace", "{0}[0]", "[]"), "a list cannot be a key or a member"),
        ("[1]", Edit("move", "[0]", index=1), "a number from 0 to 0"),
        ("[1]", Edit("insert", "", "1"), "a number from 0 to 1"),
        ("[1]", Edit("remove", "[1]"), r"nothing is at \[1\]"),
        ("[1]", Edit("remove", ""), "the whole value"),
        ("[1]", Edit("add", "", "1", "'a'"), "a list has no keys"),
        ("1", Edit("append", "", "1"), "an int has no items"),
        ("Pair(1, 2)", Edit("remove", ".left"), "a fixed number of parts"),
        ("Slotted(1, 2)", Edit("add", "", "1", "z"), "has no keys"),
        ("Slotted(1, 2)", Edit("rename", ".x", key="z"), "a fixed number of parts"),
        ("Ticket('a')", Edit("change", "", "'x'"), "change its fields one by one"),
        ("Reduced([1])", Edit("append", "(0)", "2"), "the bot hands it to acme.models.Reduced"),
        ("defaultdict(list)", Edit("change", "(0)", "1"), "nothing is at"),
    ],
)
def test_it_refuses_in_words(bot, source, edit, said):
    data = bot.write(source)[0]
    with pytest.raises(RefusedEdit, match=said):
        read(data).apply(edit)


def test_a_shared_list_changes_everywhere_and_a_shared_text_only_where_it_was_edited(bot):
    source = "s = [1]\nt = ''.join('abc')\nv = {'a': s, 'b': s, 'c': t, 'd': t}"
    data = bot.write(source)[0]
    once = read(data).apply(Edit("append", "['b']", "2"))
    twice = read(once).edit("['c']", "'x'")
    assert bot.ask(twice, "v, v['a'] is v['b']") == (
        "({'a': [1, 2], 'b': [1, 2], 'c': 'x', 'd': 'abc'}, True)"
    )


def test_a_shared_list_survives_where_its_definition_is_removed(bot):
    data = bot.write("s = [1, [2]]\nv = {'a': s, 'b': s, 'c': s}")[0]
    after = read(data).apply(Edit("remove", "['a']"))
    assert bot.ask(after, "v, v['b'] is v['c']") == "({'b': [1, [2]], 'c': [1, [2]]}, True)"
    assert read(after).findings == ()


def test_a_shared_list_survives_being_moved_behind_its_use(bot):
    data = bot.write("s = [1, [2]]\nv = [s, {'x': s}, s[1]]")[0]
    after = read(data).apply(Edit("move", "[0]", index=2))
    assert bot.ask(after, "v, v[0]['x'] is v[2], v[1] is v[2][1]") == (
        "([{'x': [1, [2]]}, [2], [1, [2]]], True, True)"
    )


def test_what_has_side_effects_stays_in_the_bytes_and_is_said(bot):
    """A class of the bot's script is defined inside the first of two objects that use it."""
    data = bot.write("[Local('a'), Local('b'), 1]")[0]
    after = read(data).apply(Edit("remove", "[0]"))
    assert bot.ask(after, "[v[0].name, v[0].double(), v[1]]") == "['b', 2, 1]"


def test_a_field_of_a_class_of_the_bots_script_can_be_corrected(bot):
    data = bot.write("Local('a', 2)")[0]
    value = read(data)
    row = value.outline().rows[0]
    assert "defined in the bot's script" in row.notes
    assert bot.ask(value.edit(".size", "21"), "v.double()") == "42"
