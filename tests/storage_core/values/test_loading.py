"""What is typed can be read by the bot: no key that cannot be hashed, no zone that is none."""

import pickle
import zoneinfo

import pytest
from hypothesis import HealthCheck, given, settings

from storage_core.exceptions import RefusedEdit
from storage_core.values import Edit, check_write, create, read
from storage_core.values.edit import fresh
from storage_core.values.literals import parse
from storage_core.values.typed_json import from_json
from tests.storage_core.values.typed_texts import PYTHON, TEXTS

BERLIN = 'datetime("2026-10-25T02:30:00", zone="Europe/Berlin")'
UNHASHABLE = [
    ("{[1]}", 2, "list"),
    ("{'v': {[1]: 2}}", 8, "list"),
    ("{{}: 1}", 2, "dict"),
    ("frozenset({[1]})", 12, "list"),
    ("frozenset([1, [2]])", 15, "list"),
    ("Counter({(1,[2]):1})", 10, "list"),
    ("OrderedDict([({1},2)])", 15, "set"),
    ('{(1,bytearray(b"x")):1}', 2, "bytearray"),
    ("{slice(1,2):1}", 2, "slice"),
    ("{deque([1]):1}", 2, "deque"),
    ('{Decimal("sNaN"):1}', 2, "signaling NaN"),
    ("{1: {(2, (3, [])), 4}}", 6, "list"),
]
TWICE = [
    ('{"a":1,"a":2}', 8),
    ("{1:2, True:3}", 7),
    ("{1,1.0,True}", 4),
    ("{(1, 2), (1.0, 2)}", 10),
    ('{Decimal("1.0"), 1}', 18),
    ('{0.5, Fraction("1/2")}', 7),
    ("{1+0j, 1}", 8),
    ("{frozenset({1, 2}), frozenset({2, 1})}", 21),
    ("set([1, 1])", 9),
    ("OrderedDict([(1, 2), (1.0, 3)])", 23),
    (f'{{datetime("2026-10-25T02:30:00+02:00"): 1, {BERLIN}: 1}}', 44),
    ('{time("10:00+01:00"), time("09:00Z")}', 23),
    ("{range(0), range(5, 5)}", 12),
]
NO_ZONE = [
    ('datetime("2026-10-25T02:30:00", zone="Mars/Phobos")', 1, "no time zone 'Mars/Phobos'"),
    ('[ZoneInfo("Europe/berlin")]', 2, "close to it: Europe/Berlin"),
    ('ZoneInfo("Berlin")', 1, "close to it: Europe/Berlin"),
    ('time("10:00", zone="UTC+1")', 1, "close to it: UTC"),
    ('ZoneInfo("Europe/")', 1, "no time zone 'Europe/'"),
    ('WindowsPath("c:/x")', 1, "only a bot on Windows"),
]
LIST_AS_KEY = b"\x80\x04}]K\x01s."


@pytest.mark.parametrize(("text", "column", "what"), UNHASHABLE)
def test_a_key_that_cannot_be_hashed_is_refused_where_it_is_typed(text, column, what):
    with pytest.raises(RefusedEdit, match=f"an? {what} cannot be a key") as caught:
        parse(text)
    assert (caught.value.line, caught.value.column) == (1, column)


@pytest.mark.parametrize(("text", "column"), TWICE)
def test_a_key_that_is_typed_twice_is_refused_where_it_is(text, column):
    with pytest.raises(RefusedEdit, match="is there already") as caught:
        parse(text)
    assert (caught.value.line, caught.value.column) == (1, column)


@pytest.mark.parametrize(
    "text",
    [
        "{'1', 1}",
        "{b'a', 'a'}",
        "{(1,), 1, frozenset({1})}",
        '{Decimal("1E+999999999"), Decimal("1E+999999998")}',
        '{time("10:00"), time("10:00Z")}',
        "{'" + "x" * 3000 + "a', '" + "x" * 3000 + "b'}",
        "{('" + "x" * 3000 + "', 1), ('" + "x" * 3000 + "', 2)}",
        "{0.1, 0.2, 1, 2, None, 'None', (1, 2), (2, 1)}",
    ],
)
def test_keys_that_differ_are_none_typed_twice(text):
    assert read(create(text)).kind == "set"


@pytest.mark.parametrize(("text", "column", "said"), NO_ZONE)
def test_a_name_that_no_bot_here_can_read_is_refused(text, column, said):
    with pytest.raises(RefusedEdit, match=r"zone|Windows") as caught:
        parse(text)
    assert said in str(caught.value)
    assert caught.value.column == column


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=TEXTS)
def test_the_bot_reads_all_that_the_parser_takes_as_python_means_it(bot, text):
    try:
        data = create(text)
    except RefusedEdit:
        return
    assert bot.ask(data, f"{PYTHON}\nv = read == told({text}) or (read, told({text}))") == "True"
    shown = read(data).to_text()
    assert read(create(shown)).to_text() == shown


@pytest.mark.parametrize("zone", sorted(zoneinfo.available_timezones())[::40])
def test_a_zone_that_exists_can_be_typed(bot, zone):
    assert bot.ask(create(f'ZoneInfo("{zone}")'), "v.key") == repr(zone)


ELSEWHERE = [
    Edit("change", "['n']", "2"),
    Edit("append", "['l']", 'datetime("2026-01-01T00:00:00", zone="Mars/Phobos")'),
    Edit("change", "['at']", 'datetime("2027-10-25T02:30:00", zone="Mars/Phobos")'),
    Edit(
        "replace",
        "",
        '{"at": datetime("2026-10-25T02:30:00", zone="Mars/Phobos"), "n": 1, "new": 2}',
    ),
]


def _with_unknown_zone() -> bytes:
    data = create(f'{{"at": {BERLIN}, "n": 1, "l": []}}')
    body = data[11:].replace(b"\x0dEurope/Berlin", b"\x0bMars/Phobos")
    return data[:3] + len(body).to_bytes(8, "little") + body


@pytest.mark.parametrize("edit", ELSEWHERE, ids=lambda edit: edit.path)
def test_a_zone_that_only_the_bot_knows_may_stay_and_be_typed_again(edit):
    data = _with_unknown_zone()
    assert "Mars/Phobos" in read(read(data).apply(edit)).to_text()


def test_a_write_brings_in_no_zone_that_is_none_unless_it_was_stored():
    data = _with_unknown_zone()
    with pytest.raises(RefusedEdit, match="the time zone 'Mars/Phobos', which does not exist"):
        check_write(None, data)
    check_write(data, data)
    check_write(None, data, was_stored=True)


@pytest.mark.parametrize("how", [{}, {"was_stored": True}, {"allow_imports": True}])
def test_a_write_brings_in_no_key_that_the_bot_cannot_read(how):
    with pytest.raises(RefusedEdit, match="a list as a key"):
        check_write(None, LIST_AS_KEY, **how)
    check_write(LIST_AS_KEY, LIST_AS_KEY, **how)


@pytest.mark.parametrize(
    "code",
    [
        b"\x8f(]\x90.",
        b"c__builtin__\nset\n((]ltR.",
        b"ccollections\nCounter\n}]K\x01s\x85R.",
        b"ccollections\ndeque\n)K\x01\x86R(K\x01K\x02e.",
        b"cdecimal\nDecimal\n\x8c\x151e9999999999999999999\x85R.",
        b"cfractions\nFraction\nK\x01K\x00\x86R.",
        b"cbuiltins\nrange\nK\x01K\x02K\x00\x87R.",
    ],
)
def test_a_write_brings_in_nothing_at_which_reading_would_fail(code):
    with pytest.raises(RefusedEdit, match="this would"):
        check_write(None, b"\x80\x04" + code)


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("{'a': 1}", Edit("rename", "['a']", key="(1, [2])")),
        ("{'a': 1}", Edit("add", "", "1", "slice(1)")),
        ("{1}", Edit("append", "", "bytearray(b'')")),
        ("{(1, 2): 3}", Edit("replace", "{0}", "[1]")),
        ("{(1, 2)}", Edit("replace", "{0}[0]", "[1]")),
        ("{(1, frozenset({2}))}", Edit("append", "{0}[1]", 'Decimal("sNaN")')),
        ("Counter({'a': 1})", Edit("rename", "['a']", key="{}")),
        ("OrderedDict([('a', 1)])", Edit("rename", "['a']", key="deque([])")),
    ],
)
def test_no_edit_makes_a_key_that_cannot_be_hashed(bot, text, edit):
    try:
        data = read(create(text)).apply(edit)
    except RefusedEdit:
        return
    bot.ask(data, "v")


def test_nothing_is_put_into_a_deque_that_is_full():
    with pytest.raises(RefusedEdit, match="a deque of 3 items that keeps 2 only"):
        read(create("deque([1, 2], maxlen=2)")).apply(Edit("append", "", "3"))


@pytest.mark.parametrize(
    "data",
    [
        {"$type": "set", "items": [[1]]},
        {"$type": "dict", "entries": [[{"a": 1}, 2]]},
        {"$type": "Counter", "entries": [[[1], 2]]},
        {"$type": "set", "items": [1, True]},
        {"$type": "dict", "entries": [["a", 2], ["a", 3]]},
        {"$type": "ZoneInfo", "text": 'ZoneInfo("Mars/Phobos")'},
    ],
)
def test_typed_json_brings_in_no_more_than_text(data):
    with pytest.raises(RefusedEdit):
        fresh(from_json(data))


def test_many_keys_in_keys_take_no_long():
    deep = "1"
    for _ in range(200):
        deep = f"frozenset([{deep}, 'x'])"
    text = "[" + ", ".join(["{" + deep + ": 1}"] * 30) + "]"
    assert read(create(text)).kind == "list"
    assert pickle.loads(create("{(1, (2, 3)): 1}")) == {(1, (2, 3)): 1}
