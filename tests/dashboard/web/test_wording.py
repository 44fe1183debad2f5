"""How things are said."""

import pytest

from dashboard.web import wording


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("tab\tand\nline", "tab\\tand\\nline"),
        ("caf\udce9", "caf\\xe9"),
        ("\ud800", "\\ud800"),
        ("abc\u202edef", "abc\\u202edef"),
        ("\x00\x1b[31m", "\\x00\\x1b[31m"),
        ("family \U0001f468\u200d\U0001f469", "family \U0001f468\u200d\U0001f469"),
    ],
)
def test_every_character_that_would_not_show_is_spelled_out(text, shown):
    assert wording.visible(text) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("poll", "poll"),
        ("two words", "two words"),
        ("", "(empty name)"),
        (" ", "\\x20"),
        ("poll ", "poll\\x20"),
        ("  poll", "\\x20\\x20poll"),
        ("a  b", "a \\x20b"),
        ("a\xa0b\u3000", "a\\xa0b\\u3000"),
        ("a \n", "a\\x20\\n"),
        ("caf\udce9 \u200b", "caf\\xe9 \\u200b"),
        ("family \U0001f468\u200d\U0001f469", "family \U0001f468\u200d\U0001f469"),
    ],
)
def test_names_that_differ_by_spaces_alone_are_told_apart(name, shown):
    assert wording.key_name(name) == shown


@pytest.mark.parametrize(
    ("octets", "said"),
    [(None, "–"), (0, "0 B"), (999, "999 B"), (1200, "1.2 kB"), (63_100_000, "63 MB")],
)
def test_a_size_is_said_in_its_unit(octets, said):
    assert wording.size(octets) == said


def test_a_size_never_says_a_thousand_of_a_unit():
    assert wording.size(999_600) == "1.0 MB"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(5, "5 s"), (65, "1 min 05 s"), (47_040, "13 h 04 min"), (90_000, "1 day 1 h")],
)
def test_a_length_of_time_has_two_units(seconds, said):
    assert wording.duration(seconds) == said


def test_a_moment_beyond_the_calendar_is_still_said():
    assert wording.moment(1e18, now=0.0, ahead=True).text == "far ahead"


def test_a_plugin_is_called_by_its_class():
    assert wording.plugin_name("acme.plugins.standup.Standup") == (
        "Standup",
        "acme.plugins.standup",
    )
