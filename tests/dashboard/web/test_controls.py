"""The right control for a type, and typed text from it."""

import pytest

from dashboard.web.controls import control_of, typed_text
from storage_core.exceptions import RefusedEdit
from storage_core.values import read
from storage_core.values.edit import create


def row_of(text: str) -> dict:
    return read(create(text)).outline("", depth=0, limit=1).as_dict()["rows"][0]


def posted(typed: str, **changed: str) -> str:
    control = control_of(row_of(typed))
    fields = {"control": control.name, "text": control.text}
    return typed_text(fields | {"head": control.head, "tail": control.tail} | changed)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("'hello'", "text"),
        ("42", "number"),
        ("1.5", "number"),
        ("True", "bool"),
        ('datetime("2026-11-24T09:00:00+00:00")', "datetime"),
        ('date("2026-11-24")', "date"),
        ('time("09:30:00")', "time"),
        ("None", "source"),
        ("[1, 2]", "source"),
        ("'bell \\x07'", "source"),
        ('datetime("2026-11-24T09:00:00.123456")', "source"),
    ],
)
def test_each_type_has_its_control(text, name):
    assert control_of(row_of(text)).name == name


@pytest.mark.parametrize(
    "text",
    [
        "'hello'",
        "'it\\'s \"both\"'",
        "'two\\nlines'",
        "''",
        "42",
        "True",
        'datetime("2026-11-24T09:00:00+00:00")',
        'datetime("2026-10-25T02:30:00", zone="Europe/Berlin", fold=1)',
        'date("2026-11-24")',
        'time("09:30:00")',
        "'\\ud800'",
    ],
)
def test_a_control_that_nobody_touched_gives_the_same_value(text):
    assert create(posted(text)) == create(text)


def test_a_text_stays_a_text_whatever_is_typed():
    assert typed_text({"control": "text", "text": "42"}) == "'42'"


def test_a_picker_keeps_the_zone_and_the_fold():
    text = posted(
        'datetime("2026-10-25T02:30:00", zone="Europe/Berlin", fold=1)', text="2026-10-25T02:45:00"
    )
    assert text == 'datetime("2026-10-25T02:45:00", zone="Europe/Berlin", fold=1)'


def test_line_ends_are_those_of_the_value_not_of_the_browser():
    assert typed_text({"control": "text", "text": "a\r\nb"}) == "'a\\nb'"


@pytest.mark.parametrize(
    "text", ["7", "-7", "+1_000", "3.5", ".5", "1e-9", "1E400", "0x1f", "float('nan')", " 8 "]
)
def test_a_number_is_taken_as_it_is_typed(text):
    assert typed_text({"control": "number", "text": text}) == text.strip()


@pytest.mark.parametrize("text", ["", "abc", "12,5", "1 000", "7 ; 8", "'7'", "½"])
def test_what_is_no_number_is_refused_with_a_word_about_numbers(text):
    with pytest.raises(RefusedEdit, match="write digits, such as 42"):
        typed_text({"control": "number", "text": text})
