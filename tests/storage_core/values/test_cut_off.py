"""A value that could not be read to its end: no text of it may pass for the whole."""

import pickle

import pytest

from storage_core.exceptions import RefusedEdit
from storage_core.values import read
from storage_core.values.literals import parse
from storage_core.values.reader import MAX_BYTES
from storage_core.values.typed_json import from_json

VALUE = {"a": 1, "b": [1, {"c": (1, 2, 3, 4)}], "s": {"x"}, "t": "text", "e": []}
BEGINNINGS = [
    pickle.dumps(VALUE, protocol=protocol)[:length]
    for protocol in (2, 4)
    for length in range(2, len(pickle.dumps(VALUE, protocol=protocol)))
]


@pytest.fixture(params=BEGINNINGS, ids=lambda data: f"{data[1]}, {len(data)} bytes")
def beginning(request):
    return read(request.param)


def test_no_beginning_of_a_value_can_be_typed_back_as_if_it_were_all(beginning):
    for text in (beginning.to_text(), beginning.preview(10_000)):
        assert "<cut off here>" in text or text == "<nothing that could be read>"
        with pytest.raises(RefusedEdit):
            parse(text)


def test_no_json_of_a_beginning_can_be_written_back(beginning):
    with pytest.raises(RefusedEdit):
        from_json(beginning.to_json())


def test_a_beginning_is_said_to_be_one_and_is_read_only(beginning):
    assert [one.code for one in beginning.findings] == ["unreadable"]
    assert beginning.summary.endswith((", cut off", "unreadable"))
    assert "could not be read to its end" in str(beginning.refusal)


def test_the_mark_stands_where_reading_ended():
    data = pickle.dumps({"a": [1, 2, 3], "b": 4}, protocol=4)
    assert read(data[: data.index(b"K\x03")]).to_text() == "{'a': [1, 2, <cut off here>]}"
    assert read(data[: data.index(b"K\x04")]).to_text() == "{'a': [1, 2, 3], 'b': <cut off here>}"
    assert read(data[:-2]).to_text() == "{'a': [1, 2, 3], 'b': 4, <cut off here>}"


def test_the_rows_of_a_page_show_the_mark():
    rows = read(pickle.dumps({"a": 1}, protocol=4)[:-2]).outline().rows
    assert rows[-1].text == "<cut off here>"
    assert not rows[-1].can_edit


def test_a_value_that_is_too_large_says_how_large_and_that_the_store_has_all_of_it():
    value = read(pickle.dumps(["x" * (MAX_BYTES // 2)] * 1 + ["y" * MAX_BYTES]))
    (found,) = value.findings
    assert str(found) == (
        f"This value has {len(value.data):,} bytes. Only the first 16 MiB are read and shown here, "
        "and nothing of it can be edited. The stored bytes are complete."
    )
    assert value.to_text(MAX_BYTES).endswith(", <cut off here>]")
    assert value.refusal == "it could not be read to its end: it is larger than 16 MiB"
