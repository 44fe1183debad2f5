"""What stands around a text that was found in a value."""

import pickle

import pytest

from storage_core.values import read
from storage_core.values.passages import passages
from storage_core.values.requests import answer


def found(value, text, **limits):
    return passages(read(pickle.dumps(value, 4)).root, text, **limits)


def test_a_hit_comes_with_what_stands_around_it():
    (hit,) = found({"note": f"{'a' * 90} printer on fire {'b' * 90}"}, "PRINTER", around=5)
    assert hit == ("['note']", False, "…aaaa ", "printer", " on f…")


@pytest.mark.parametrize(
    ("value", "text", "path", "is_name", "hit"),
    [
        ({"token": 1}, "tok", "['token']", True, "tok"),
        ({"n": [1, 4217]}, "21", "['n'][1]", False, "21"),
        ({"open": True}, "true", "['open']", False, "True"),
        ("plain", "LAI", "", False, "lai"),
    ],
)
def test_names_strings_and_numbers_are_looked_at(value, text, path, is_name, hit):
    (one,) = found(value, text)
    assert (one.path, one.is_name, one.hit) == (path, is_name, hit)


@pytest.mark.parametrize(("stored", "asked"), [("Straße", "STRASSE"), ("STRASSE", "straße")])
def test_letters_that_fold_to_several_are_found_whole(stored, asked):
    (hit,) = found([f"x {stored} y"], asked)
    assert (hit.before, hit.hit, hit.after) == ("x ", stored, " y")


def test_only_so_many_hits_of_a_value_are_given():
    assert len(found(["x"] * 50, "x", limit=7)) == 7


def test_many_values_are_looked_into_with_one_question():
    values = [pickle.dumps(["yes"]), b"\x80\x04X\xff", b'{"json": "yes"}', pickle.dumps("no")]
    answers, _ = answer({"ask": "find_in", "text": "yes"}, values)
    assert [[hit["path"] for hit in one["hits"]] for one in answers] == [
        ["[0]"],
        [],
        ["['json']"],
        [],
    ]
