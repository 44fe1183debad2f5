"""What is shown in the notation is taken back where the same constructor stands already."""

import pytest

from storage_core.exceptions import RefusedEdit
from storage_core.values import read
from tests.storage_core.values.recorded import RECORDED

TAKEN = [
    ("defaultdict(list, a=[1])", "", "defaultdict(list, {'a': [1, 2], 'b': []})",
     "v == {'a': [1, 2], 'b': []} and v['c'] == []"),
    ("defaultdict(list, a=[1])", "", "defaultdict(list, {})", "len(v) == 0 and v['c'] == []"),
    ("defaultdict(list)", "", "defaultdict(list, {1: 2})", "v == {1: 2} and v['c'] == []"),
    ("{'d': defaultdict(int, a=1)}", "['d']", " defaultdict(int, {'a': 1, 'b': 2} )",
     "v == {'d': {'a': 1, 'b': 2}} and v['d']['c'] == 0"),
    ("[defaultdict(Ticket, a=1), Ticket('x')]", "[0]",
     "defaultdict(acme.models.Ticket, {'a': 2, 'b': 3})", "v[0] == {'a': 2, 'b': 3}"),
]  # fmt: skip
REFUSED = [
    ("defaultdict(list)", "", "defaultdict(int, {})", "with the same factory"),
    ("{'d': 1}", "['d']", "defaultdict(list, {})", "what the bot calls for a missing key"),
    ("{'d': 1}", "['d']", "numpy.int64(5)", "the bot would import numpy"),
    ("[re.compile('a')]", "[0]", "re.compile('a+', 34)", "Only the bot can store another pattern"),
    ("defaultdict(list)", "", "defaultdict(list, {'a': print()})", "'print' cannot be typed here"),
]


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
@pytest.mark.parametrize(("source", "path", "text", "check"), TAKEN)
def test_the_bot_reads_a_defaultdict_that_was_typed_back(bot, source, path, text, check, protocol):
    after = read(bot.write(source, [protocol])[0]).edit(path, text)
    assert bot.ask(after, check) == "True"


def test_what_is_shown_of_a_defaultdict_changes_nothing(bot):
    value = read(bot.write("defaultdict(list, a=[1])")[0])
    assert value.edit("", value.to_text()) == value.data


@pytest.mark.parametrize(("source", "path", "text", "said"), REFUSED)
def test_nothing_new_is_taken(bot, source, path, text, said):
    with pytest.raises(RefusedEdit, match=said) as caught:
        read(bot.write(source)[0]).edit(path, text, change_type=True)
    assert caught.value.line == 1


def test_a_number_of_numpy_takes_the_notation_that_it_is_shown_in():
    value = read(RECORDED["numpy scalar"])
    assert value.edit("['i']", "numpy.int64(7)") == value.data
    after = read(value.edit("['i']", "numpy.int64(8)"))
    assert after.to_text() == "{'n': numpy.float64(1.5), 'i': numpy.int64(8)}"
    with pytest.raises(RefusedEdit, match="the bot would import numpy"):
        value.edit("['i']", "numpy.float64(8.0)")
