"""What a value says of the calls that reading it makes the bot make."""

import pickle
from decimal import Decimal

import pytest

from storage_core.values import read
from storage_core.values.masking import Masking
from tests.storage_core.values.hostile import CANARY, CASES, HEAD, call, text

TOLD = f"When the bot reads this value, it calls os.system('touch {CANARY}')."
QUIET = (
    "types.SimpleNamespace(a=1)", "functools.partial(int, '1')", "re.compile('a')",
    "operator.itemgetter(1)", "array.array('i', [1])", "ValueError('x')", "ChainMap({'a': 1})",
    "Reduced(1)", "Colour.RED", "iter", "zoneinfo.ZoneInfo('UTC')", "Local('a')",
)  # fmt: skip


@pytest.mark.parametrize("case", ["call", "call in a dict", "call as a key", "old call", "inst"])
def test_a_call_of_what_everybody_has_is_told(case):
    assert TOLD in [str(one) for one in read(CASES[case]).findings]


def test_a_call_whose_result_is_thrown_away_is_told_once_and_as_such():
    codes = [one.code for one in read(CASES["call thrown away"]).findings]
    assert codes.count("hidden-call") == 1
    assert "call" not in codes


@pytest.mark.parametrize("name", ["uuid.os.system", "subprocess.Popen", "builtins.eval"])
def test_functions_and_classes_are_told_by_their_whole_name(name):
    module, _, rest = name.partition(".")
    (found,) = read(HEAD + call(module, rest, text("x")) + b".").findings
    assert str(found) == f"When the bot reads this value, it calls {name}('x')."


@pytest.mark.parametrize("source", QUIET)
def test_what_only_holds_data_or_is_the_bots_own_is_not(bot, source):
    codes = {one.code for one in read(bot.write(source)[0]).findings}
    assert "call" not in codes


def test_many_calls_are_counted():
    many = b"]" + b"".join(call("os", "nice", text(str(n))) + b"a" for n in range(50))
    findings = [str(one) for one in read(HEAD + many + b".").findings if one.code == "call"]
    assert len(findings) == 21
    assert findings[-1] == "It makes 30 more such calls."


def test_what_a_call_is_given_is_masked_where_it_looks_secret():
    secret = "xoxb-123456789012-abcdefghijkl"
    given = pickle.dumps({"token": "hunter2"}, protocol=4)[2:-1]
    data = HEAD + call("os", "system", text(secret), given[9:]) + b"."
    said = " ".join(str(one) for one in read(data, Masking()).findings)
    assert "os.system(" in said
    assert secret not in said
    assert "hunter2" not in said


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("more", [(Decimal("1.5"),), (1,), (1, None, 1, "text"), ((1,), (1,))])
def test_a_tuple_that_is_in_itself_hides_nothing(protocol, more):
    inner: list[object] = []
    value = (*more, inner)
    inner.append(value)
    assert read(pickle.dumps(value, protocol)).findings == ()


def test_what_is_thrown_away_is_told_beside_a_tuple_that_is_in_itself():
    inner: list[object] = []
    value = (Decimal("1.5"), inner)
    inner.append(value)
    data = pickle.dumps(value, 4)
    thrown_away = data[:2] + b"]0" + data[11:]  # an empty list, and away with it
    assert [one.code for one in read(thrown_away).findings] == ["removed-data"]
