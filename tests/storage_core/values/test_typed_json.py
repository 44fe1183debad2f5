"""Typed JSON: no type is lost, and what can be typed comes back from it."""

import json

import pytest

from storage_core.exceptions import RefusedEdit
from storage_core.values import create, read
from storage_core.values.edit import fresh
from storage_core.values.typed_json import from_json
from tests.storage_core.values.hostile import CASES
from tests.storage_core.values.test_literals import KNOWN, PLAIN


@pytest.mark.parametrize("text", [*PLAIN, *KNOWN, "{1: 2, '$x': (3,)}", "{'a': {(1, 2): b'x'}}"])
def test_what_can_be_typed_comes_back_the_same(text):
    value = read(create(text))
    data = json.loads(json.dumps(value.to_json()))
    assert read(fresh(from_json(data))).to_text() == value.to_text()


def test_plain_json_stays_plain():
    assert read(create("{'a': [1, 2.5, None, True, 'x']}")).to_json() == {
        "a": [1, 2.5, None, True, "x"]
    }


def test_objects_and_sharing_are_told(bot):
    data = bot.write("s = [1]\nv = {'t': Ticket('a', 2), 's': s, 'again': s}")[0]
    assert read(data).to_json() == {
        "t": {
            "$type": "object",
            "class": "acme.models.Ticket",
            "fields": [["title", "a"], ["number", 2]],
        },
        "s": {"$same-as": "['again']"},
        "again": [1],
    }


@pytest.mark.parametrize("case", ["deep lists", "doubled lists", "itself as a key"])
def test_hostile_values_have_bounded_json(case):
    assert len(json.dumps(read(CASES[case]).to_json())) < 100_000


@pytest.mark.parametrize(
    "data",
    [
        {"$type": "object", "class": "os.system"},
        {"$cut": "x"},
        {"$type": "tuple"},
        b"x",
        json.loads("[1e400]"),
        float("nan"),
    ],
)
def test_what_cannot_be_typed_is_refused(data):
    with pytest.raises(RefusedEdit):
        from_json(data)
