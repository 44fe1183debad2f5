"""Rows for a page: bounded windows, paths that name one place, what can be done where."""

import pickle

import pytest

from storage_core.exceptions import RefusedEdit
from storage_core.values import create, read
from tests.storage_core.values.hostile import CASES, HEAD, name, text

TWICE = HEAD + b"}(" + text("a") + b"K\x01" + text("b") + b"K\x02" + text("a") + b"K\x03u."


def paths(value, **window):
    return [row.path for row in value.outline(**window).rows]


def test_rows_come_in_document_order_with_levels_and_labels():
    rows = read(create("{'a': [1, {'b': None}], 2: 'x'}")).outline().rows
    assert [(row.level, row.label, row.path, row.text) for row in rows] == [
        (0, "", "", "2 items"),
        (1, "'a'", "['a']", "2 items"),
        (2, "0", "['a'][0]", "1"),
        (2, "1", "['a'][1]", "1 item"),
        (3, "'b'", "['a'][1]['b']", "None"),
        (1, "2", "[2]", "'x'"),
    ]


def test_fields_of_an_object_are_shown_with_the_notes_that_apply(bot):
    data = bot.write("[s := [1], Local('x'), s]")[0]
    rows = {row.path: row for row in read(data).outline().rows}
    assert rows["[0]"].notes == ("also used in 1 other place",)
    assert rows["[1]"].kind == "__main__.Local"
    assert rows["[1]"].refusal == "an object cannot be typed; change its parts one by one"
    assert rows["[1].name"].label == ".name"
    assert rows["[1].name"].raw == "x"


def test_what_an_object_holds_is_called_by_the_same_word_everywhere(bot):
    value = read(bot.write("Ticket('fax', 7)")[0])
    assert value.summary.endswith("Ticket, 2 fields")
    assert value.outline().rows[0].text == "2 fields"


def test_every_row_can_be_found_again_by_its_path(bot):
    sources = [
        "{(1, 2): {3}, 'a': Both(1, 2, [3]), b'x': deque([1])}",
        "[Pair(1, (2, 3)), Label('x')]",
    ]
    for data in [TWICE, *(bot.write(source)[0] for source in sources)]:
        value = read(data)
        rows = value.outline(depth=9).rows
        assert len({row.path for row in rows}) == len(rows)
        for row in rows:
            assert value.outline(row.path, depth=0).rows[0].text == row.text


def test_of_two_equal_keys_each_has_a_path_of_its_own():
    value = read(TWICE)
    assert paths(value) == ["", "{0}", "['b']", "['a']"]
    assert "the bot sees the later one" in value.outline().rows[1].notes[0]
    assert read(value.edit("['a']", "9")).to_text() == "{'a': 1, 'b': 2, 'a': 9}"
    assert read(value.edit("{0}", "9")).to_text() == "{'a': 9, 'b': 2, 'a': 3}"


def test_a_field_and_a_key_of_the_same_name_are_two_places(bot):
    data = bot.write("v = Table(x=1)\nv.x = 2")[0]
    assert paths(read(data)) == ["", "['x']", ".x"]
    assert bot.ask(read(data).edit(".x", "3"), "v['x'], v.x") == "(1, 3)"


def test_a_long_list_comes_in_pages():
    value = read(pickle.dumps(list(range(1000))))
    first = value.outline(limit=200)
    assert (len(first.rows), first.more, first.count) == (200, 199, 1000)
    second = value.outline(offset=first.more, limit=200)
    assert [row.path for row in second.rows[:2]] == ["[199]", "[200]"]
    assert value.outline(offset=990).more is None


def test_inner_containers_do_not_crowd_out_the_rest():
    value = read(pickle.dumps([list(range(1000)), list(range(1000)), "end"]))
    rows = value.outline(limit=200).rows
    assert rows[-1].text == "'end'"
    assert [row.has_more for row in rows if row.kind == "list"] == [False, True, True]


def test_a_page_is_bounded_in_depth_and_text():
    deep = read(CASES["deep lists"]).outline()
    assert [row.level for row in deep.rows] == [0, 1, 2, 3]
    assert deep.rows[-1].has_more
    long = read(pickle.dumps("x" * 1_000_000)).outline().rows[0]
    assert (len(long.text), long.truncated, long.edit_text, long.raw) == (301, True, None, None)


def test_the_right_control_is_offered_for_each_kind():
    source = (
        "['a', 1, 1.5, True, date('2026-01-01'), time('09:00:00'), datetime('2026-01-01'), None]"
    )
    rows = read(create(source)).outline().rows[1:]
    controls = ["text", "number", "number", "bool", "date", "time", "datetime", "source"]
    assert [row.control for row in rows] == controls


def test_what_no_page_can_carry_is_escaped(bot):
    row = read(create("'\\ud800'")).outline().rows[0]
    assert (row.raw, row.text) == (None, "'\\ud800'")
    strange = read(HEAD + name("<b>", "\n\x1b\ud800") + b")\x81.")
    assert strange.kind == "<b>.\\n\\x1b\\ud800"


@pytest.mark.parametrize(
    "path", ["['b']", "[", "[1", ".x", "{9}", "(0)", "[f()]", "x", "['a'].x", "[0]"]
)
def test_a_path_to_nothing_is_refused_in_words(path):
    with pytest.raises(RefusedEdit):
        read(create("{'a': 1}")).outline(path)


def test_search_finds_keys_fields_and_leaves_case_apart(bot):
    data = bot.write("{'Name': 'ann', 'list': [1, {'x': 'ANNA'}], 't': Ticket('x', 42)}")[0]
    value = read(data)
    assert [row.path for row in value.find("ann")] == ["['Name']", "['list'][1]['x']"]
    assert [row.path for row in value.find("NAME")] == ["['Name']"]
    assert [row.path for row in value.find("number")] == ["['t'].number"]
    assert [row.path for row in value.find("42")] == ["['t'].number"]
    assert len(value.find("", limit=3)) == 3


def test_what_is_no_pickle_is_shown_and_can_only_be_replaced():
    value = read(b'{"votes": [1, null]}')
    assert (value.kind, value.is_pickle, value.can_edit) == ("json", False, False)
    assert value.to_text() == "{'votes': [1, None]}"
    with pytest.raises(RefusedEdit, match="JSON"):
        value.edit("['votes'][0]", "2")
    assert pickle.loads(value.edit("", "[1]", change_type=True)) == [1]


def test_a_value_that_is_cut_off_is_shown_as_far_as_it_goes():
    value = read(pickle.dumps({"a": 1, "b": ["x", "y"]})[:-6])
    assert value.to_text().startswith("{'a': 1, 'b': ['x'")
    assert not value.can_edit
    assert str(value.refusal).startswith("it could not be read to its end: ")
