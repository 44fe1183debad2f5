"""What is secret is in nothing that is made of a value."""

import json
import pickle
from collections import OrderedDict, namedtuple

import dill
import pytest

from storage_core.values import Masking, read
from storage_core.values.masking import MASK
from storage_core.values.passages import passages
from storage_core.values.requests import answer
from tests.storage_core.values.masked import HUNTER, RULES, TOKEN, everything

Login = namedtuple("Login", "user password")


class Bot:
    def __init__(self):
        self.name, self.api_key = "roger", HUNTER


VALUES = {
    "dict": {"token": HUNTER, "user": "roger"},
    "deep": [{"a": ({"b": {"client_secret": [HUNTER, {"x": HUNTER}]}},)}],
    "object": Bot(),
    "ordered": OrderedDict([("password", HUNTER)]),
    "pair": [("Authorization", HUNTER), ("user", "roger")],
    "json": json.dumps({"user": "roger", "password": HUNTER}),
    "pickle": pickle.dumps({"password": HUNTER}),
    "repr": repr({"password": HUNTER}),
    "looks": [f"the token is {TOKEN}", {TOKEN: 1}, {TOKEN}, TOKEN.encode(), (1, TOKEN)],
    "tuple key": {(TOKEN, 1): 2},
}


@pytest.mark.parametrize("protocol", [0, 2, 4])
@pytest.mark.parametrize("kind", VALUES)
def test_no_answer_about_a_value_tells_a_secret(kind, protocol):
    data = pickle.dumps(VALUES[kind], protocol)
    told = everything(data, RULES)
    assert HUNTER not in told
    assert TOKEN not in told
    assert MASK in told
    assert read(data, RULES).hides


@pytest.mark.parametrize("data", [
    json.dumps({"password": HUNTER}).encode(),
    TOKEN.encode(),
    b"\x81\xa8password\xb0" + HUNTER.encode(),
])  # fmt: skip
def test_what_is_no_pickle_is_masked_too(data):
    told = everything(data, RULES)
    assert HUNTER not in told
    assert TOKEN not in told


def test_a_named_tuple_is_masked_where_its_names_are_stored_with_it():
    value = read(dill.dumps(Login("roger", HUNTER)), RULES)
    assert value.to_text().endswith(f"Login user='roger' password={MASK}>")


def test_the_very_same_text_is_masked_under_another_name_too():
    text = "".join(["long", "-", HUNTER])
    value = read(pickle.dumps({"note": text, "config": {"password": text}, "short": "a"}), RULES)
    assert value.to_text() == f"{{'note': {MASK}, 'config': {{'password': {MASK}}}, 'short': 'a'}}"


def test_what_the_bot_does_unseen_tells_no_secret():
    # setattr('x', 'token', HUNTER), whose result is thrown away
    program = f"cbuiltins\nsetattr\n(S'x'\nS'token'\nS'{HUNTER}'\ntR0I1\n."
    (said,) = [one for one in read(program.encode(), RULES).findings if one.code == "hidden-call"]
    assert HUNTER not in str(said)
    assert "setattr" in str(said)


def test_bytes_that_still_hold_a_secret_are_not_to_be_shown():
    data = pickle.dumps({"a": 1})
    assert read(data + b"password=x", RULES).hides
    assert read(data[:-2] + b"password", RULES).hides
    assert not read(data, RULES).hides


def test_a_search_does_not_find_what_is_masked():
    value = read(pickle.dumps({"token": HUNTER, "note": "hunter"}), RULES)
    assert [hit.path for hit in passages(value.root, "hunter")] == ["['note']"]


def test_rules_go_to_a_worker_and_back_as_json():
    rules = Masking("a:token", ("x",), ("y",))
    assert Masking.from_dict(json.loads(json.dumps(rules.as_dict()))) == rules


def test_each_value_of_a_question_has_its_own_rules():
    data = pickle.dumps({"token": HUNTER})
    texts = answer({"ask": "preview", "mask": [None, RULES.as_dict()]}, [data, data])[0]
    assert [HUNTER in each["text"] for each in texts] == [True, False]


def test_deep_and_cyclic_values_are_masked_as_well():
    field = b"}(\x8c\x05token\x8c\x07hunter2u"
    program = b"\x80\x04" + b"(" * 50_000 + field + b"t" * 50_000 + b"."
    value = read(program, RULES)
    assert value.hides
    assert "hunter2" not in value.to_text()
    cycle: dict = {"token": HUNTER}
    cycle["parent"] = {"password": cycle}
    assert HUNTER not in read(pickle.dumps(cycle), RULES).to_text()


def test_nothing_is_told_of_what_is_twice_under_a_mask():
    inner = b"}(\x8c\x04anna\x8c\x01a\x8c\x04anna\x8c\x01bu"
    data = b"\x80\x04}\x8c\x05token" + inner + b"s."
    assert "anna" in str(read(data).findings)
    assert "anna" not in str(read(data, Masking("x")).findings)
