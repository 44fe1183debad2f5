"""Values of numpy, pydantic and attrs: stored and read back by the real libraries, in the bot's own
process. Nothing of them is imported on our side."""

import subprocess
import sys

import pytest

from storage_core.exceptions import RefusedEdit
from storage_core.values import check_write, create, diff, merge, read
from tests.storage_core.values.bot_process import BotProcess
from tests.storage_core.values.test_kinds import ALL, NEW, Kind

V = "acme.libraries."
VOTE = "Vote(user='ann', points=3, tags=['a'])"
VOTE_SHOWN = f"<{V}Vote user='ann' points=3 tags=['a']>"
EDITABLE = [
    Kind("numpy float64", "np.float64(1.5)", "numpy.float64(1.5)", "", "-2.25",
         "type(v) is np.float64 and v == -2.25"),
    Kind("numpy float32", "[np.float32(0.1)]", "[numpy.float32(0.1)]", "[0]", "0.7",
         "type(v[0]) is np.float32 and v[0] == np.float32(0.7)"),
    Kind("numpy float16", "[np.float16(0.1)]", "[numpy.float16(0.1)]", "[0]", "float('inf')",
         "type(v[0]) is np.float16 and np.isinf(v[0])"),
    Kind("numpy int64", "{'n': np.int64(-7), 'm': np.int64(2)}",
         "{'n': numpy.int64(-7), 'm': numpy.int64(2)}", "['m']", str(2**63 - 1),
         "type(v['m']) is np.int64 and v == {'n': -7, 'm': 2**63 - 1}"),
    Kind("numpy uint8", "(np.uint8(255),)", "(numpy.uint8(255),)", "[0]", "0",
         "type(v[0]) is np.uint8 and v[0] == 0"),
    Kind("numpy bool", "[np.bool_(True)]", "[numpy.bool(True)]", "[0]", "False",
         "type(v[0]) is np.bool_ and not v[0]"),
    Kind("pydantic", VOTE, VOTE_SHOWN, ".points", "5",
         "v == Vote(user='ann', points=5, tags=['a']) and v.model_fields_set == "
         "{'user', 'points', 'tags'}", NEW),
    Kind("pydantic nested", f"Poll(title='lunch', votes=[{VOTE}], best={VOTE})",
         f"<{V}Poll title='lunch' votes=[{VOTE_SHOWN}] best={VOTE_SHOWN}>",
         ".votes[0].tags[0]", "'b'",
         "v.votes[0].tags == ['b'] and v.best.tags == ['a'] and type(v.votes[0]) is Vote", NEW),
    Kind("pydantic private", "counted('x', 3)", f"<{V}Counted name='x' _seen=3>", "._seen", "4",
         "v._seen == 4 and v.name == 'x'", NEW),
    Kind("pydantic extra", "Open(name='x', more=1)", f"<{V}Open name='x' more=1>", ".more", "2",
         "v.more == 2 and v.model_extra == {'more': 2}", NEW),
    Kind("pydantic frozen", "Frozen(name='x')", f"<{V}Frozen name='x'>", ".name", "'y'",
         "v == Frozen(name='y') and hash(v)", NEW),
    Kind("attrs", "Rota('ops', ['mon'])", f"<{V}Rota name='ops' days=['mon']>", ".days[0]",
         "'tue'", "v == Rota('ops', ['tue'])", NEW),
    Kind("attrs frozen", "Seal('x')", f"<{V}Seal name='x'>", ".name", "'y'",
         "v == Seal('y')", NEW),
    Kind("attrs without slots", "Loose('x')", f"<{V}Loose name='x' size=1>", ".size", "2",
         "v == Loose('x', 2)"),
    Kind("attrs nested", "Nested(Rota('a'), {'b': Rota('b', ['mon'])})",
         f"<{V}Nested rota=<{V}Rota name='a' days=[]> "
         f"more={{'b': <{V}Rota name='b' days=['mon']>}}>",
         ".more['b'].days", "['sat', 'sun']",
         "v == Nested(Rota('a'), {'b': Rota('b', ['sat', 'sun'])})", NEW),
    Kind("beside an array", "{'a': np.arange(3), 'n': 1}",
         "{'a': <numpy.ndarray of 3 int64 [0, 1, 2]>, 'n': 1}", "['n']", "2",
         "v['n'] == 2 and v['a'].tolist() == [0, 1, 2]"),
]  # fmt: skip
SHOWN = [
    ("np.array([1.5, -2])", "<numpy.ndarray of 2 float64 [1.5, -2.0]>"),
    ("np.array([0.1, np.nan], 'f4')", "<numpy.ndarray of 2 float32 [0.1, float('nan')]>"),
    ("np.arange(6, dtype='i4').reshape(2, 3)",
     "<numpy.ndarray of 2×3 int32 [[0, 1, 2], [3, 4, 5]]>"),
    ("np.asfortranarray(np.arange(6, dtype='i4').reshape(2, 3))",
     "<numpy.ndarray of 2×3 int32 [[0, 1, 2], [3, 4, 5]]>"),
    ("np.arange(8, dtype='u1').reshape(2, 2, 2)",
     "<numpy.ndarray of 2×2×2 uint8 [[[0, 1], [2, 3]], [[4, 5], [6, 7]]]>"),
    ("np.arange(3, dtype='>i2')", "<numpy.ndarray of 3 int16 [0, 1, 2]>"),
    ("np.array(5)", "<numpy.ndarray of one int64 5>"),
    ("np.zeros((0, 3))", "<numpy.ndarray of 0×3 float64 []>"),
    ("np.array([True, False])", "<numpy.ndarray of 2 bool [True, False]>"),
    ("np.array([1+2j])", "<numpy.ndarray of 1 complex128 [(1+2j)]>"),
    ("np.array(['a', 'bcé'])", "<numpy.ndarray of 2 str_ of 3 ['a', 'bcé']>"),
    ("np.array([b'a', b'bc'])", "<numpy.ndarray of 2 bytes_ of 2 [b'a', b'bc']>"),
    ("np.array(['2026-11-24', 'NaT'], 'M8[D]')",
     "<numpy.ndarray of 2 datetime64[D] ['2026-11-24', 'NaT']>"),
    ("np.array([1, 90], 'm8[s]')", "<numpy.ndarray of 2 timedelta64[s] [1, 90]>"),
    ("np.array([(1, 'x')], [('n', 'i4'), ('s', 'U2')])",
     "<numpy.ndarray of 1 (n int32, s str_ of 2) [(1, 'x')]>"),
    ("np.complex64(1+2j)", "numpy.complex64((1+2j))"),
    ("np.str_('hé')", "numpy.str_('hé')"),
    ("np.datetime64('2026-11-24T09:30')", "numpy.datetime64('2026-11-24T09:30')"),
    ("np.datetime64('1969-12-31T23:59:59.5')", "numpy.datetime64('1969-12-31T23:59:59.500')"),
    ("np.datetime64('1969-11')", "numpy.datetime64('1969-11')"),
    ("np.timedelta64(3, 'D')", "numpy.timedelta64(3, 'D')"),
]  # fmt: skip
CASES = [(kind, protocol) for kind in EDITABLE for protocol in kind.protocols]


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0].name}, protocol {case[1]}")
def case(request, library_bot: BotProcess):
    kind, protocol = request.param
    return kind, library_bot.write(kind.source, [protocol])[0]


def test_it_shows_what_a_library_made(case):
    kind, data = case
    value = read(data)
    assert value.to_text() == kind.shown
    assert value.findings == ()


def test_it_keeps_the_bytes_when_nothing_changes(case):
    _, data = case
    value = read(data)
    texts = {row.path: row.edit_text for row in value.outline(depth=9).rows}
    assert any(text is not None for text in texts.values())
    for path, text in texts.items():
        assert text is None or value.edit(path, text) == data


def test_the_library_reads_an_edit(case, library_bot: BotProcess):
    kind, data = case
    edited = read(data).edit(kind.path, kind.text)
    check_write(data, edited)
    assert library_bot.ask(edited, f"bool({kind.check})") == "True"


@pytest.mark.parametrize(("source", "shown"), SHOWN)
def test_arrays_show_type_shape_and_numbers_in_every_protocol(library_bot, source, shown):
    for pickle in (False, True):
        for data in library_bot.write(source, ALL, pickle=pickle):
            assert read(data).to_text() == shown


@pytest.mark.parametrize("source", [source for source, _ in SHOWN])
def test_arrays_are_read_only_and_say_so(library_bot, source):
    data = library_bot.write(f"[{source}]")[0]
    value = read(data)
    [row] = [row for row in value.outline().rows if row.path == "[0]"]
    assert (row.can_edit, row.edit_text) == (False, None)
    assert "cannot be typed" in row.refusal
    with pytest.raises(RefusedEdit, match=r"confirm that the type is to change|cannot be typed"):
        value.edit("[0]", "[1, 2]")


def test_an_array_with_attributes_hides_none_of_them(library_bot):
    data = library_bot.write("np.matrix([[1, 2]])")[0]
    assert "{'_getitem': False}" in read(data).to_text()
    plain = library_bot.write("np.matrix([[1, 2]])", pickle=True)[0]
    assert read(plain).to_text() == "<numpy.matrix of 1×2 int64 [[1, 2]]>"


DISGUISED = {
    b"_reconstruct": b"_reconstrukt",
    b"\x8c\x05dtype": b"\x8c\x05dtipe",
    b"\x8c\x02f8": b"\x8c\x02f4",
    b"K\x02\x85": b"K\x03\x85",
}


@pytest.mark.parametrize(("old", "new"), DISGUISED.items())
def test_what_only_looks_like_an_array_is_shown_as_the_call_that_it_is(library_bot, old, new):
    """The name of another function, a size that does not fit, …"""
    data = library_bot.write("np.array([1.5, 2.5])")[0]
    assert old in data
    assert read(data).to_text() == "<numpy.ndarray of 2 float64 [1.5, 2.5]>"
    assert read(data.replace(old, new, 1)).to_text().startswith("<dill._dill._create_array(")


def test_an_array_can_be_replaced_whole_by_plain_data(library_bot):
    data = library_bot.write("{'a': np.arange(3), 'b': 1}")[0]
    edited = read(data).edit("['a']", "[0, 1]", change_type=True)
    check_write(data, edited)
    assert library_bot.ask(edited, "v") == "{'a': [0, 1], 'b': 1}"


def test_a_long_array_is_cut_and_differs_all_the_same(library_bot):
    before, after = (
        library_bot.write(f"np.concatenate([np.arange(100_000), [{last}]])")[0] for last in (1, 2)
    )
    text = read(before).to_text()
    assert text.startswith("<numpy.ndarray of 100001 int64 [0, 1, 2,")
    assert text.endswith(", …]>")
    assert len(text) < 3000
    assert [one.kind for one in diff(before, after)] == ["changed"]


@pytest.mark.parametrize(
    ("source", "text", "said"),
    [
        ("np.int8(1)", "128", "out of the range of numpy.int8"),
        ("np.uint16(1)", "-1", "out of the range of numpy.uint16"),
        ("np.float16(1)", "1e10", "out of the range of numpy.float16"),
        ("np.int64(1)", "1.0", "takes a whole number"),
        ("np.float64(1)", "1", "takes a number with a point"),
        ("np.bool_(1)", "1", "takes a True or False"),
        ("np.int64(1)", "'1'", "this is a numpy.int64, and '1' is a str"),
    ],
)
def test_a_number_of_numpy_keeps_its_type(library_bot, source, text, said):
    with pytest.raises(RefusedEdit, match=said):
        read(library_bot.write(source)[0]).edit("", text)


def test_numbers_of_numpy_merge(library_bot):
    base = library_bot.write("{'a': np.int64(1), 'b': np.float64(2)}")[0]
    mine, theirs = read(base).edit("['a']", "5"), read(base).edit("['b']", "6.5")
    merged = merge(base, mine, theirs).merged
    assert library_bot.ask(merged, "v == {'a': 5, 'b': 6.5} and type(v['a']) is np.int64") == "True"


def test_what_an_array_holds_is_read_only(library_bot):
    data = library_bot.write("np.array([{'a': 1}, None], dtype=object)")[0]
    value = read(data)
    assert value.to_text() == "<numpy.ndarray of 2 object [{'a': 1}, None]>"
    with pytest.raises(RefusedEdit, match="the bot hands it to"):
        value.edit("[0]['a']", "2")


def test_no_array_can_be_typed_where_there_was_none():
    with pytest.raises(RefusedEdit, match="cannot be typed"):
        create("numpy.float64(1.5)")


READING = """
import subprocess
import sys
from storage_core.values import read

for line in sys.stdin:
    print(read(bytes.fromhex(line)).kind)
print(*sorted(sys.modules))
"""


def test_none_of_it_is_imported_by_reading(library_bot):
    # In a process of its own: into this one other tests may have imported anything.
    lines = "\n".join(library_bot.write(kind.source)[0].hex() for kind in EDITABLE)
    done = subprocess.run(
        [sys.executable, "-c", READING], input=lines, capture_output=True, text=True, check=True
    )
    *kinds, modules = done.stdout.splitlines()
    assert len(kinds) == len(EDITABLE)
    assert "storage_core.values" in modules.split()
    assert not {"numpy", "pydantic", "attrs", "attr", "dill"} & set(modules.split())
