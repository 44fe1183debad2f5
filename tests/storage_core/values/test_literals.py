"""What people type: Python literals and the known constructors, nothing else."""

import ast
import pickle
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage_core.exceptions import RefusedEdit
from storage_core.values import create, read
from storage_core.values.literals import MAX_LEVELS, parse
from storage_core.values.notation import spell

PLAIN = [
    "None", "True", "0", "-5", "255", "256", "65536", "-2147483648", "2147483648", "1_000",
    "0xff", "0b101", "1.5", "-0.0", "1e3", ".5", "5.", "3+4j", "2j", "''", "'a' 'b'", '"a\'b"',
    "'''a\nb'''", r"'\x41\u00e9\U0001F600\101\n\\'", r"r'\n'", "b'\\xff'", "u'x'", "[]", "[1, 2,]",
    "()", "(1,)", "(1)", "(1, 2, 3, 4)", "{}", "{'a': {'b': [1, (2, None)]}}", "{1, 2}",
    "{'a': 'a', 'b': 'a'}", "[1, # a comment\n 2]", "  [ 1 ]  ", "'héé'", "+7",
]  # fmt: skip
KNOWN = [
    "-2j", "(-0-2j)", "float('nan')", "float('-inf')", "bytearray(b'ab')", "frozenset({1, 2})",
    "set()",
    "frozenset()", "range(1, 10, 3)", "slice(1, None, 2)", 'datetime("2026-11-24T09:00:00+00:00")',
    'datetime("2026-10-25T02:30:00", zone="Europe/Berlin", fold=1)', 'date("2026-11-24")',
    'time("09:30:00", fold=1)', 'timedelta("3 days, 4:00:00")', 'timedelta("-1 day, 0:00:01")',
    'timezone(timedelta("1:00:00"))', 'ZoneInfo("UTC")', 'Decimal("1.10")', 'Fraction("3/4")',
    'UUID("00000000-0000-0000-0000-000000000007")', 'Path("/srv/x")', 'IPv4Address("10.0.0.1")',
    "OrderedDict([('a', 1), ('b', [2])])", "Counter({'a': 1})", "deque([1, 2], maxlen=3)",
    "deque([])", 'datetime("2026-01-01T00:00:00+01:00", tzname="CET")',
]  # fmt: skip
WRONG = [
    ("", 1, 1, "no value is here"),
    ("[1, 2", 1, 6, "']' is missing"),
    ("[1 2]", 1, 4, "',' or ']' was expected"),
    ("{'a': 1,\n 'b' 2}", 2, 6, "':' and a value are missing"),
    ("{'a': 1, 'b'}", 1, 13, "':' and a value are missing"),
    ("{1, 2: 3}", 1, 6, "a set has no keys"),
    ("'abc", 1, 1, "no closing quote"),
    ("'a\nb'", 1, 1, "no closing quote"),
    ("hello", 1, 1, "'hello' cannot be typed here; a text needs quotes"),
    ("[1] 2", 1, 5, "one value is complete"),
    ("1 + 1", 1, 3, "nothing is computed here"),
    ("__import__('os')", 1, 1, "cannot be typed here"),
    ("f'{1}'", 1, 1, "cannot be typed here"),
    ("<acme.Ticket title='x'>", 1, 1, "an object can be read but not typed"),
    ("'\\N{BULLET}'", 1, 2, "is no escape"),
    ("'\\x4'", 1, 2, "is no escape"),
    ("'\\8'", 1, 2, "is no escape"),
    ("b'\\\u00b2'", 1, 3, "is no escape"),
    ("b'é'", 1, 1, "bytes take ASCII"),
    ("007", 1, 1, "does not begin with 0"),
    ("1.2.3", 1, 1, "no number"),
    ("date('2026-02-30')", 1, 1, "date: day is out of range"),
    ("date(2026, 1, 1)", 1, 1, "date: takes one text"),
    ("date", 1, 1, "needs its value in brackets"),
    ('datetime("2026-01-01", zone=5)', 1, 1, "takes the name of a time zone"),
    ('datetime("2026-01-01T00:00+01:00", zone="UTC")', 1, 1, "an offset or a zone"),
    ("UUID('x')", 1, 1, "UUID: badly formed"),
    ("Decimal('1,5')", 1, 1, "takes a decimal number"),
    ("Fraction('1/0')", 1, 1, "takes a fraction"),
    ("range(1, 2, 0)", 1, 1, "range: range() arg 3 must not be zero"),
    ("OrderedDict([1])", 1, 1, "a list of pairs"),
    ("deque([1], maxlen=-1)", 1, 1, "a whole number as maxlen"),
    ("date('2026-01-01', a=1, a=2)", 1, 25, "a is given twice"),
    ("[" * 600, 1, 501, "more than 500 levels"),
    ("9" * 5000, 1, 1, "more than 4300 digits"),
    ("[1, -1e400]", 1, 6, "infinity is typed as float('inf')"),
    ("1e400j", 1, 1, "too large for a float"),
    ("0o8", 1, 1, "no number"),
    ("os.system('x')", 1, 1, "cannot be typed here"),
    ("[x for x in y]", 1, 2, "cannot be typed here"),
    ("\0", 1, 1, "begins no value"),
]


@pytest.mark.parametrize("text", PLAIN)
def test_plain_literals_are_written_as_a_pickler_would(text):
    assert create(text) == pickle.dumps(ast.literal_eval(text.strip()), protocol=4)


@pytest.mark.parametrize("text", KNOWN)
def test_the_text_of_a_known_value_is_what_was_typed(text):
    assert read(create(text)).to_text() == text


@pytest.mark.parametrize("text", KNOWN)
def test_the_bot_reads_what_was_typed(bot, text):
    shown = bot.ask(create(text), "type(v).__name__")
    name = text.partition("(")[0].replace("Path", "PosixPath")
    assert shown.strip("'") in (name, "complex")


@pytest.mark.parametrize(("text", "line", "column", "said"), WRONG)
def test_it_says_what_is_wrong_and_where(text, line, column, said):
    with pytest.raises(RefusedEdit) as caught:
        parse(text)
    assert said in str(caught.value)
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 1_000_000,
        "[" * MAX_LEVELS + "]" * MAX_LEVELS,
        "'" + "\\" * 1_000_001,
        "'''" + "\\'" * 500_000,
        "1" * 3_000_000,
        "0x" + "f" * 2_000_000,
        "1_" * 1_000_000,
        "-" * 1_000_000 + "1",
        "[" + "1," * 1_000_000 + "]",
        "{" + "1:" * 1_000_000 + "}",
        " " * 3_000_000,
        "#" * 3_000_000,
        "'a' " * 500_000,
        "date(" * 400,
        "Fraction('" + "9" * 9_000 + "/7')",
        "Decimal('1E+999999999')",
        "x" * 5_000_000,
    ],
    ids=lambda text: text[:12],
)
def test_no_text_takes_long(text):
    started = time.process_time()
    try:
        parse(text)
    except RefusedEdit as refusal:
        assert len(str(refusal)) < 1000  # noqa: PT017 - either way is right, the time is the point
    assert time.process_time() - started < 5


LITERALS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=())) | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.lists(inner, max_size=4).map(tuple)
    | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@settings(deadline=None)
@given(LITERALS)
def test_text_and_parser_are_inverse(value):
    text = read(pickle.dumps(value, protocol=4)).to_text()
    assert ast.literal_eval(text) == value
    assert spell(parse(text)) == text


@given(st.text(alphabet="[](){}:,'\"\\ 019.ejxbuNone+-#\nabd=<", max_size=60))
def test_it_agrees_with_python_on_what_is_a_literal(text):
    """What we accept, Python reads alike; what only Python accepts is refused in words."""
    try:
        ours = spell(parse(text))
    except RefusedEdit:
        return
    assert repr(ast.literal_eval(text.strip())) == ours
