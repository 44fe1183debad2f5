"""The right control for a type, and typed text from it."""

import re
from html import unescape

import pytest
from django.template.loader import get_template

from dashboard.web.controls import Control, control_of, posted_control, typed_text
from storage_core.exceptions import RefusedEdit
from storage_core.values import Masking, read
from storage_core.values.edit import create


def row_of(text: str) -> dict:
    return read(create(text)).outline("", depth=0, limit=1).as_dict()["rows"][0]


def shown(control: Control) -> str:
    return get_template("components/control.html").render({"control": control, "field_id": "f"})


def posted(typed: str, **changed: str) -> str:
    control = control_of(row_of(typed))
    return typed_text(fields_of(control) | changed)


def fields_of(control: Control) -> dict[str, str]:
    """What a browser posts of a control that nobody touched."""
    fields = {"control": control.name, "text": control.text}
    page = shown(control)
    for name, value in re.findall(r'<input [^>]*name="(\w+)" value="([^"]*)"(?! id)', page):
        fields.setdefault(name, unescape(value))
    for value in re.findall(r'name="fold" value="(\d)" checked', page):
        fields["fold"] = value
    return fields


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
        ('datetime("2026-11-24T09:00:00.123456")', "datetime"),
        ("'a\\tb\\nc'", "text"),
        ("float('nan')", "number"),
        ('Decimal("1.10")', "Decimal"),
        ('Fraction("8/13")', "Fraction"),
        ('UUID("1b4e28ba-2fa1-11d2-883f-0016d3cca427")', "UUID"),
        ('Path("/a/b")', "Path"),
        ('Path("/a\\nb")', "source"),
        ('IPv4Address("192.0.2.7")', "IPv4Address"),
        ('timedelta("1 day, 2:30:00")', "timedelta"),
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
        "'a\\tb\\nc'",
        "float('nan')",
        "float('-inf')",
        'Decimal("1.10")',
        'Decimal("1E+3")',
        'Decimal("NaN")',
        'Fraction("8/13")',
        'Fraction("-7/1")',
        'UUID("1b4e28ba-2fa1-11d2-883f-0016d3cca427")',
        "Path('/it\\'s/\"both\"')",
        'PureWindowsPath("C:\\\\bot")',
        'IPv6Address("2001:db8::7")',
        'IPv4Network("192.0.2.0/24")',
        'timedelta("1 day, 2:30:00")',
        'timedelta("-1 day, 23:00:00.000001")',
        'timedelta("-999999999 days, 0:00:00")',
        'datetime("2026-11-24T09:00:00.123456")',
        'datetime("2026-11-24T09:00:00.000100+02:00", fold=1)',
        'datetime("2026-11-24T09:00:00", zone="UTC")',
        'datetime("2026-11-24T09:00:00", zone="GMT+0")',
        "datetime('2026-11-24T09:00:00+01:00', tzname='it\\'s')",
        'datetime("2026-11-24T09:00:00", fold=1)',
        'time("09:30:00.000001", zone="Europe/Berlin", fold=1)',
        'time("09:30:00-03:30")',
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


@pytest.mark.parametrize(
    ("name", "text", "typed"),
    [
        ("number", "nan", "float('nan')"),
        ("number", "-Infinity", "float('-inf')"),
        ("number", "+inf", "float('inf')"),
        ("Decimal", " 1.20 ", 'Decimal("1.20")'),
        ("Fraction", "8 / 13", 'Fraction("8/13")'),
        (
            "UUID",
            "{1B4E28BA2FA111D2883F0016D3CCA427}",
            'UUID("1b4e28ba-2fa1-11d2-883f-0016d3cca427")',
        ),
        ("Path", "/a/b", 'Path("/a/b")'),
        ("timedelta", "1 d 02:30:00", 'timedelta("1 day, 2:30:00")'),
        ("timedelta", "90 min", 'timedelta("1:30:00")'),
        ("timedelta", "-2:00", 'timedelta("-1 day, 22:00:00")'),
        ("timedelta", "-1 day, 22:00:00", 'timedelta("-1 day, 22:00:00")'),
        ("IPv4Address", "192.0.2.8", 'IPv4Address("192.0.2.8")'),
    ],
)
def test_a_field_takes_what_a_person_would_type(name, text, typed):
    assert create(typed_text({"control": name, "text": text})) == create(typed)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("Decimal", "1,20", "This is a decimal number, such as 1.20"),
        ("Fraction", "1/0", "This is a fraction, such as 8/13"),
        ("UUID", "none", "This is a UUID: 32 digits"),
        ("timedelta", "soon", "This is a length of time, such as 1 d 02:30:00"),
        ("timedelta", "", "This is a length of time"),
        ("IPv4Address", "300.1.1.1", "This is an address, such as 192.0.2.7"),
        ("datetime", "", "This is a day and a time"),
        ("time", "half past", "This is a time of day"),
    ],
)
def test_what_is_not_of_its_kind_is_refused_with_a_word_about_that_kind(name, text, said):
    with pytest.raises(RefusedEdit, match=re.escape(said)):
        typed_text({"control": name, "text": text})


def test_microseconds_have_a_field_of_their_own():
    typed = 'datetime("2026-11-24T09:00:00.123456")'
    assert 'name="micro" value="123456"' in shown(control_of(row_of(typed)))
    assert posted(typed, micro="7") == 'datetime("2026-11-24T09:00:00.000007")'
    assert posted(typed, text="2026-11-24T09:01", micro="7").endswith('T09:01:00.000007")')
    with pytest.raises(RefusedEdit, match="from 0 to 999999"):
        posted(typed, micro="half")


TWICE = 'datetime("2026-10-25T02:30:00", zone="Europe/Berlin", fold=1)'


def test_the_zone_and_which_of_the_two_stand_beside_the_picker():
    page = shown(control_of(row_of(TWICE)))
    assert 'name="zone" value="Europe/Berlin"' in page
    assert "the first, at +02:00" in page
    assert "the second, at +01:00" in page
    assert 'name="fold" value="1" checked' in page


def test_the_first_of_two_can_be_chosen_and_another_zone():
    assert posted(TWICE, fold="0") == 'datetime("2026-10-25T02:30:00", zone="Europe/Berlin")'
    assert 'zone="Asia/Tokyo"' in posted(TWICE, zone="Asia/Tokyo")
    assert posted(TWICE, zone="", fold="0") == 'datetime("2026-10-25T02:30:00")'


def test_a_mark_that_means_nothing_is_shown_and_can_be_taken_away():
    typed = 'datetime("2026-11-24T02:30:00", zone="Europe/Berlin", fold=1)'
    assert "this time is not there twice" in shown(control_of(row_of(typed)))
    assert posted(typed) == typed
    assert posted(typed, fold="0") == 'datetime("2026-11-24T02:30:00", zone="Europe/Berlin")'


def test_which_of_two_is_asked_as_soon_as_a_time_that_is_there_twice_is_typed():
    fields = {"control": "datetime", "text": "2026-10-25T02:30", "zone": "Europe/Berlin"}
    with pytest.raises(RefusedEdit, match="there twice in Europe/Berlin: choose which"):
        typed_text(fields)
    page = shown(posted_control(fields, "datetime"))
    assert 'name="fold" value="0" checked' in page
    assert "the second, at +01:00" in page
    assert 'name="fold"' not in shown(posted_control(fields | {"text": "2026-10-25T03:30"}, ""))


@pytest.mark.parametrize(
    ("zone", "typed"),
    [("+2", "+02:00"), ("utc-3:30", "-03:30"), ("Z", "+00:00"), ("+05:45", "+05:45")],
)
def test_an_offset_is_taken_as_it_is_typed(zone, typed):
    fields = {"control": "datetime", "text": "2026-10-25T02:30", "zone": zone}
    assert typed_text(fields) == f'datetime("2026-10-25T02:30{typed}")'


def test_a_zone_that_nobody_can_type_is_named_and_kept():
    note = "in a time zone of dateutil.tz.tzutc, which an edit keeps"
    row = row_of('datetime("2026-11-24T09:00:00")') | {"notes": [note]}
    page = shown(control_of(row))
    assert f'name="zone_kept" value="{note}"' in page
    assert 'name="zone"' not in page


def test_a_zone_that_is_none_is_refused_with_those_that_are_close():
    with pytest.raises(RefusedEdit, match="close to it: Europe/Berlin"):
        create(posted(TWICE, zone="Europe/Berln"))
    with pytest.raises(RefusedEdit, match="A time zone is a name, such as Europe/Berlin"):
        posted(TWICE, zone="half past two")


@pytest.mark.parametrize("typed", ['Decimal("1.10")', "'hush'", "42", 'Path("/a")'])
def test_what_is_masked_has_the_field_of_its_kind_empty(typed):
    data = create(f"{{'secret': {typed}}}")
    row = (
        read(data, Masking("settings")).outline("['secret']", depth=0, limit=1).as_dict()["rows"][0]
    )
    control = control_of(row)
    assert (control.name, control.text) == (control_of(row_of(typed)).name, "")
