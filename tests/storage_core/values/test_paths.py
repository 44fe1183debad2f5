"""What a path can name, and what it says where it names nothing."""

import pytest

from storage_core.exceptions import RefusedEdit
from storage_core.values import read

NAMED = [
    ("[1, 2]", "[-1]", "v == [1, 9]"),
    ("[1, 2]", "[-2]", "v == [9, 2]"),
    ("(1, [2])", "[-1][-1]", "v == (1, [9])"),
    ("{-1: 1}", "[-1]", "v == {-1: 9}"),
    ("Pair(1, 2)", "[0]", "v == Pair(9, 2)"),
    ("Pair(1, 2)", "[-1]", "v == Pair(1, 9)"),
    ("deque([1, 2])", "[-1]", "list(v) == [1, 9]"),
    ("ValueError('bad', 3)", ".args[1]", "v.args == ('bad', 9)"),
    ("ValueError('bad', 3)", ".args[-1]", "v.args == ('bad', 9)"),
    ("[KeyError({'a': 1})]", "[0](0)['a']", "v[0].args == ({'a': 9},)"),
    ("OSError(2, 'x', 'file')", ".args[0]", "v.errno == 9"),
    ("ChainMap({'a': 1}, {'b': 2})", ".maps[-1]['b']", "v['b'] == 9"),
]  # fmt: skip
NOWHERE = [
    ("[1, 2]", "[2]", r"nothing is at \[2\]; the list there has \[0\], \[1\]"),
    ("[1, 2]", "[-3]", r"the list there has \[0\], \[1\]"),
    ("{'a': [1]}", "['a'].x", r"the list there has \[0\]"),
    ("dict.fromkeys('abcdefg')", "['x']", r"has \['a'\], \['b'\], .* and 2 more"),
    ("Pair(1, 2)", "[2]", r"the acme.models.Pair there has \.left, \.right"),
    ("'text'", "[0]", "the str there has no parts"),
    ("None", ".x", "None has no parts"),
    ("[]", "[0]", "the list there is empty"),
    ("ChainMap({'a': 1})", "['a']", r"the ChainMap there has \[0\]"),
    ("ValueError('bad')", ".args[1]", r"the ValueError there has \(0\)"),
]
READ_ONLY = [
    ("Trouble('E7')", ".args[0]", "the bot hands it to acme.models.Trouble"),
    ("UnicodeDecodeError('utf-8', b'a', 0, 1, 'x')", "(0)", "hands it to builtins.UnicodeDecode"),
    ("Reduced(1)", ".args[0]", "the bot hands it to acme.models.Reduced"),
    ("Reminder('a', (1,))", ".__state__[0]", "takes its fields as one list, without their names"),
    ("Reminder('a', (1,))", ".__state__[1][0]", "Reminder takes .*, so only the bot can change"),
    ("Worded()", ".__state__", "the class acme.models.Worded takes this as a whole, so only"),
]


@pytest.mark.parametrize(("source", "path", "check"), NAMED)
@pytest.mark.parametrize("protocol", [2, 4])
def test_a_path_names_what_python_would(bot, source, path, check, protocol):
    data = bot.write(source, [protocol])[0]
    assert bot.ask(read(data).edit(path, "9", change_type=True), check) == "True"


@pytest.mark.parametrize(("source", "path", "said"), NOWHERE)
def test_it_says_what_is_there_instead(bot, source, path, said):
    with pytest.raises(RefusedEdit, match=said):
        read(bot.write(source)[0]).edit(path, "9", change_type=True)


@pytest.mark.parametrize(("source", "path", "said"), READ_ONLY)
def test_it_says_why_what_is_there_is_read_only(bot, source, path, said):
    with pytest.raises(RefusedEdit, match=said):
        read(bot.write(source)[0]).edit(path, "9", change_type=True)


def test_text_that_is_no_pickle_says_how_it_can_be_replaced():
    with pytest.raises(RefusedEdit, match=r"plain text; it can only be replaced whole, .* confirm"):
        read(b"hello").edit("", "'hello'")
    assert read(read(b"hello").edit("", "'hi'", change_type=True)).to_text() == "'hi'"
