"""The shortest way through: read what a bot stored, show it, change one leaf."""

import pickle
from datetime import UTC, datetime

import pytest

from storage_core.exceptions import RefusedEdit
from storage_core.values import create, read


def test_it_reads_a_dict_as_typed_text():
    value = read(pickle.dumps({"votes": 3, "at": datetime(2026, 11, 24, 9, tzinfo=UTC)}))
    assert value.to_text() == """{'votes': 3, 'at': datetime("2026-11-24T09:00:00+00:00")}"""
    assert value.summary == "dict, 2 items"
    assert not value.findings


def test_it_changes_one_leaf_and_keeps_the_rest():
    value = read(pickle.dumps({"votes": 3, "by": "ann"}))
    assert pickle.loads(value.edit("['votes']", "4")) == {"votes": 4, "by": "ann"}


def test_it_gives_identical_bytes_when_nothing_changes():
    data = pickle.dumps({"votes": 3, "by": "ann"})
    assert read(data).edit("['votes']", "3") == data


def test_it_refuses_another_type_unless_asked():
    value = read(pickle.dumps([42]))
    with pytest.raises(RefusedEdit, match="an int, and '42' is a str"):
        value.edit("[0]", "'42'")
    assert pickle.loads(value.edit("[0]", "'42'", change_type=True)) == ["42"]


def test_it_says_where_typed_text_is_wrong():
    with pytest.raises(RefusedEdit) as caught:
        create("{'a': 1,\n 'b' 2}")
    assert (caught.value.line, caught.value.column) == (2, 6)
