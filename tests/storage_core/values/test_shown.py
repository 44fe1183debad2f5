"""What is shown as what it is, and the true reason where it cannot be changed."""

import pytest

from storage_core.values import create, read

SHOWN = [
    ("[..., NotImplemented]", "[Ellipsis, NotImplemented]"),
    (
        "functools.partial(int, '1', base=2)",
        "<functools.partial func=<class int> args=('1',) keywords={'base': 2} attributes=None>",
    ),
    ("[len, print]", "[<function len>, <function print>]"),
]
REFUSED = [
    ("[re.compile('a+')]", "[0]", "a Pattern cannot be typed; only the bot can store another"),
    ("[len]", "[0]", "a name that the bot imports"),
    ("[...]", "[0]", "an Ellipsis cannot be typed"),
    ("functools.partial(int, '1')", "", "its parts stay as they are"),
    ("Ticket('a')", "", "change its parts one by one"),
    ("[type(Local('x'))]", "[0]", "changes only where the bot's author changes it"),
]


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
@pytest.mark.parametrize(("source", "text"), SHOWN)
def test_it_is_shown_as_what_it_is_without_a_warning(bot, source, text, protocol):
    value = read(bot.write(source, [protocol])[0])
    assert value.to_text() == text
    assert value.findings == ()


@pytest.mark.parametrize(("source", "path", "said"), REFUSED)
def test_a_refusal_says_why_and_names_no_parts_where_there_are_none(bot, source, path, said):
    (row,) = read(bot.write(source)[0]).outline(path, depth=0).rows
    assert not row.can_edit
    assert said in (row.refusal or "")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("(lambda s: {'a': s, 'b': s})([1])", "the very same list is in it more than once"),
        ("[Ticket('a')]", "cannot be typed ("),
        ("['x' * 70_000]", "more than 65,536 characters"),
    ],
)
def test_what_cannot_be_typed_as_one_text_says_why(bot, source, said):
    (row,) = read(bot.write(source)[0]).outline("", depth=0).rows
    assert (row.can_edit, row.edit_text) == (True, None)
    assert said in (row.text_refusal or "")
    assert (row.text_refusal or "").endswith("change its parts one by one")


def test_a_very_large_number_says_how_large_it_is():
    value = read(create("0x1" + "0" * 4000))
    assert value.summary == "int, 16,001 bits"
    assert value.outline().rows[0].notes == (
        "16,001 bits: too long for decimal digits, shown as hex",
    )
