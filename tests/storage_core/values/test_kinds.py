"""Every kind of value: how it is shown, that nothing changes by itself, and one edit that the bot
reads back. The bot, in its own process, writes and reads; its classes cannot be imported here."""

from dataclasses import dataclass

import pytest

from storage_core.values import read
from tests.storage_core.values.bot_process import BotProcess

ALL = (0, 1, 2, 3, 4, 5)
NEW = (2, 3, 4, 5)


@dataclass(frozen=True)
class Kind:
    name: str
    source: str
    """What the bot stores, as a Python expression."""
    shown: str
    path: str
    text: str
    """An edit: typed text at a path."""
    check: str
    """What is then true of `v` in the bot."""
    protocols: tuple[int, ...] = ALL
    change_type: bool = False
    pickle: bool = False


T = "Ticket('printer', 7)"
KINDS = [
    Kind("none", "None", "None", "", "3", "v == 3", change_type=True),
    Kind("bool", "True", "True", "", "False", "v is False"),
    Kind("int", "[0, 255, 256, -1, 2**31, -2**70]", f"[0, 255, 256, -1, {2**31}, {-(2**70)}]",
         "[5]", str(2**90), "v == [0, 255, 256, -1, 2**31, 2**90]"),
    Kind("long int", "10**4000", f"1{'0' * 4000}", "", "-256", "v == -256"),
    Kind("float", "[1.5, -0.0, float('inf'), 1e300]", "[1.5, -0.0, float('inf'), 1e+300]",
         "[1]", "float('nan')", "v[1] != v[1] and v[3] == 1e300"),
    Kind("complex", "3+4j", "(3+4j)", "", "(1-2j)", "v == 1-2j"),
    Kind("str", "'héé\\n\\u2028'", "'héé\\n\\u2028'", "", "'a\\'b'", "v == \"a'b\""),
    Kind("long str", "'x' * 70000", repr("x" * 70000), "", "'y'", "v == 'y'"),
    Kind("surrogate", "'\\udc80'", "'\\udc80'", "", "'\\ud800'", "v == '\\ud800'"),
    Kind("bytes", "b'\\x00ab\\xff'", "b'\\x00ab\\xff'", "", "b'\\x01'", "v == b'\\x01'"),
    Kind("bytearray", "bytearray(b'ab')", "bytearray(b'ab')", "", "bytearray(b'c')",
         "v == bytearray(b'c')"),
    Kind("list", "[1, [2, []]]", "[1, [2, []]]", "[1][0]", "9", "v == [1, [9, []]]"),
    Kind("tuple", "((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4))",
         "((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4))", "[4][3]", "'x'",
         "v[4] == (1, 2, 3, 'x')", change_type=True),
    Kind("dict", "{'a': 1, 2: {}, (1, 'b'): None}", "{'a': 1, 2: {}, (1, 'b'): None}",
         "[(1, 'b')]", "True", "v[(1, 'b')] is True", change_type=True),
    Kind("set", "[{7}, set()]", "[{7}, set()]", "[0]{0}", "8", "v == [{8}, set()]"),
    Kind("frozenset", "[frozenset({7}), frozenset()]", "[frozenset({7}), frozenset()]",
         "[0]{0}", "8", "v == [frozenset({8}), frozenset()]"),
    Kind("datetime", "datetime(2026, 11, 24, 9, 0, 0, 5)",
         'datetime("2026-11-24T09:00:00.000005")', "", 'datetime("2027-01-01")',
         "v == datetime(2027, 1, 1)"),
    Kind("datetime with offset", "datetime(2026, 11, 24, tzinfo=timezone.utc)",
         'datetime("2026-11-24T00:00:00+00:00")', "", 'datetime("2026-11-24T00:00:00+01:30")',
         "v.utcoffset() == timedelta(minutes=90)"),
    Kind("datetime with named offset", "datetime(2026, 1, 1, tzinfo=timezone(timedelta(0), 'X'))",
         'datetime("2026-01-01T00:00:00+00:00", tzname="X")', "",
         'datetime("2026-01-02T00:00:00+00:00", tzname="X")', "(v.day, v.tzname()) == (2, 'X')"),
    Kind("datetime in a zone",
         "datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo('Europe/Berlin'), fold=1)",

         'datetime("2026-10-25T02:30:00", zone="Europe/Berlin", fold=1)', "",
         'datetime("2026-10-25T02:45:00", zone="Europe/Berlin", fold=1)',
         "(v.minute, v.fold, v.tzinfo) == (45, 1, ZoneInfo('Europe/Berlin'))", (4, 5)),
    Kind("date", "date(2026, 11, 24)", 'date("2026-11-24")', "", 'date("2026-12-24")',
         "v == date(2026, 12, 24)"),
    Kind("time", "time(9, 30, fold=1)", 'time("09:30:00", fold=1)', "", 'time("10:30:00")',
         "(v, v.fold) == (time(10, 30), 0)", (4, 5)),
    Kind("timedelta", "timedelta(3, 4 * 3600)", 'timedelta("3 days, 4:00:00")', "",
         'timedelta("-1 day, 23:59:59.5")', "v == timedelta(microseconds=-500000)"),
    Kind("timezone", "timezone(timedelta(hours=2))", 'timezone(timedelta("2:00:00"))', "",
         'timezone(timedelta("3:00:00"))', "v == timezone(timedelta(hours=3))"),
    Kind("zoneinfo", "ZoneInfo('Europe/Berlin')", 'ZoneInfo("Europe/Berlin")', "",
         'ZoneInfo("Asia/Tokyo")', "v is ZoneInfo('Asia/Tokyo')"),
    Kind("Decimal", "Decimal('1.10')", 'Decimal("1.10")', "", 'Decimal("-1E+5")',
         "str(v) == '-1E+5'"),
    Kind("Fraction", "Fraction(3, 4)", 'Fraction("3/4")', "", 'Fraction("5/8")',
         "v == Fraction(5, 8)"),
    Kind("UUID", "UUID(int=7)", 'UUID("00000000-0000-0000-0000-000000000007")', "",
         'UUID("00000000-0000-0000-0000-000000000008")', "v == UUID(int=8)"),
    Kind("Path", "Path('/srv/x')", 'Path("/srv/x")', "", 'Path("a/b")', "v == Path('a/b')"),
    Kind("range", "range(1, 10, 3)", "range(1, 10, 3)", "", "range(0, 5)", "v == range(5)"),
    Kind("slice", "slice(1, None, 2)", "slice(1, None, 2)", "", "slice(3, 4, None)",
         "v == slice(3, 4)"),
    Kind("OrderedDict", "OrderedDict(a=1, b=2)", "OrderedDict([('a', 1), ('b', 2)])", "['b']",
         "3", "v == OrderedDict(a=1, b=3)"),
    Kind("defaultdict", "defaultdict(list, a=[1])", "defaultdict(list, {'a': [1]})", "['a'][0]",
         "2", "v == {'a': [2]} and v.default_factory is list"),
    Kind("Counter", "Counter(a=2)", "Counter({'a': 2})", "['a']", "5", "v == Counter(a=5)"),
    Kind("deque", "deque([1, 2], maxlen=3)", "deque([1, 2], maxlen=3)", "[1]", "9",
         "(list(v), v.maxlen) == ([1, 9], 3)"),
    Kind("ChainMap", "ChainMap({'a': 1}, {'b': 2})",
         "ChainMap({'a': 1}, {'b': 2})",
         "[1]['b']", "3", "v.maps == [{'a': 1}, {'b': 3}]"),
    Kind("namedtuple", "Pair(1, 'b')", "<acme.models.Pair left=1 right='b'>", ".right", "'c'",
         "v == Pair(1, 'c') and type(v).__name__ == 'Pair'", NEW),
    Kind("namedtuple subclass", "Point(1, 2)", "<acme.models.Point(1, 2)>", "(1)", "3",
         "v == Point(1, 3)", NEW),
    Kind("enum", "[Colour.RED, 1]", "[<acme.models.Colour(1)>, 1]", "[1]", "2",
         "v == [Colour.RED, 2]"),
    Kind("flag", "{'r': Right.READ | Right.WRITE, 'n': 1}",
         "{'r': <acme.models.Right(3)>, 'n': 1}", "['n']", "2", "v == {'r': Right(3), 'n': 2}",
         pickle=True),
    Kind("pattern", "[re.compile('a+', re.I), 1]", "[re.compile('a+', 34), 1]", "[1]", "2",
         "v == [re.compile('a+', re.I), 2]"),
    Kind("address", "[ipaddress.ip_address('10.0.0.1'), ipaddress.ip_network('10.0.0.0/8')]",
         '[IPv4Address("10.0.0.1"), IPv4Network("10.0.0.0/8")]', "[0]", 'IPv4Address("10.0.0.2")',
         "str(v[0]) == '10.0.0.2'"),
    Kind("exception", "[ValueError('bad', 3), Trouble('E7')]",
         "[<ValueError('bad', 3)>, <acme.models.Trouble('E7') code='E7'>]", "[1].code", "'E8'",
         "v[1].code == 'E8'"),
    Kind("exception of Python", "[OSError(2, 'x')]", "[<FileNotFoundError(2, 'x')>]", "[0].args[1]",
         "'gone'", "v[0].args == (2, 'gone') and v[0].strerror == 'gone'"),
    Kind("dataclass", T, "<acme.models.Ticket title='printer' number=7>", ".title", "'fax'",
         "v == Ticket('fax', 7)"),
    Kind("slots", "Slotted(1, [2])", "<acme.models.Slotted x=1 y=[2]>", ".y[0]", "3",
         "(v.x, v.y) == (1, [3])", NEW),
    Kind("slots and dict", "Both(1, 2, 3)", "<acme.models.Both z=3 x=1 y=2>", ".x", "9",
         "(v.x, v.y, v.z) == (9, 2, 3)", NEW),
    Kind("list subclass", "Names([1, 2])", "<acme.models.Names [1, 2]>", "[1]", "3",
         "v == Names([1, 3])", NEW),
    Kind("dict subclass", "Table(a=1)", "<acme.models.Table {'a': 1}>", "['a']", "2",
         "v == Table(a=2)", NEW),
    Kind("str subclass", "Label('x')", "<acme.models.Label('x')>", "(0)", "'y'",
         "v == Label('y') and type(v) is Label"),
    Kind("int subclass", "Count(3)", "<acme.models.Count(3)>", "(0)", "4",
         "v == Count(4) and type(v) is Count"),
    Kind("other state", "[Stated(), 1]", "[<acme.models.Stated state=['a', 'list']>, 1]", "[1]",
         "2", "(v[0].state, v[1]) == (['a', 'list'], 2)"),
    Kind("reduced", "[Reduced(1, 'x'), 'x']", "[<acme.models.Reduced(1, 'x')>, 'x']", "[1]",
         "'y'", "(v[0].args, v[1]) == ((1, 'x'), 'y')"),
    Kind("class and function", "[Ticket, len, 5]",
         "[<acme.models.Ticket>, <function len>, 5]", "[2]", "6", "v == [Ticket, len, 6]",
         pickle=True),
    Kind("shared list", "s = [1]\nv = {'a': s, 'b': s}", "{'a': [1], 'b': [1]}", "['b'][0]", "2",
         "v == {'a': [2], 'b': [2]} and v['a'] is v['b']"),
    Kind("cycle", "v = [1]\nv.append(v)", "[1, <...>]", "[0]", "2", "v[0] == 2 and v[1] is v"),
    Kind("cycle through a tuple", "v = [1]\nv.append((v,))", "[1, (<...>,)]", "[0]", "2",
         "v[0] == 2 and v[1][0] is v"),
    Kind("cycle through an object", "v = Ticket('a')\nv.number = {'me': v, 'n': 1}",
         "<acme.models.Ticket title='a' number={'me': <...>, 'n': 1}>", ".number['n']", "2",
         "v.number['me'] is v and v.number['n'] == 2"),
]  # fmt: skip
CASES = [(kind, protocol) for kind in KINDS for protocol in kind.protocols]


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0].name}, protocol {case[1]}")
def case(request, bot: BotProcess):
    kind, protocol = request.param
    return kind, bot.write(kind.source, [protocol], pickle=kind.pickle)[0]


def test_it_shows_every_kind(case):
    kind, data = case
    assert read(data).to_text() == kind.shown


def test_it_keeps_every_kind_when_nothing_changes(case):
    _, data = case
    rows = read(data).outline(depth=9).rows
    for row in rows:
        if row.edit_text is not None:
            assert read(data).edit(row.path, row.edit_text) == data


def test_the_bot_reads_one_edit_of_every_kind(case, bot: BotProcess):
    kind, data = case
    edited = read(data).edit(kind.path, kind.text, change_type=kind.change_type)
    assert bot.ask(edited, kind.check) == "True"


def test_no_kind_has_anything_to_complain_of(case):
    _, data = case
    assert [str(finding) for finding in read(data).findings] == []
