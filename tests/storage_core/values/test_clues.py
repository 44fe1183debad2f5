"""Looking only where the code of a value leads to something secret conceals what looking at all of
it conceals."""

import json
import pickle
import pickletools
import random
from collections import OrderedDict
from datetime import date

import pytest

from storage_core.values import Masking, read
from storage_core.values.clues import clues_in
from storage_core.values.masking import MASK
from storage_core.values.reader import read_program

RULES = Masking("settings", words=("licence",), spared=("token_count",))
TOKEN = "xoxb-1234567890-abcdefghij"
HUNTER = "hunter2-and-more"
KEYS = ("token", "apiKey", "author", "name", "value", "pin", "token_count", "pa\u00dfword", "user",
        b"secret", ("api", "key"), 7, None, "Licence", TOKEN)  # fmt: skip
TEXTS = (HUNTER, "password", "1234", f"use {TOKEN}", json.dumps({"password": "x"}), "plain text",
         TOKEN.encode(), b"bytes", "https://a:b@c.example/", "\u00e9")  # fmt: skip
FILLED_LATE = b"]r\xff\xff\xff\x7fj\xff\xff\xff\x7fK\x01a00"
"""A list that is filled after it was taken from the memo, and thrown away: in a value that does so
nothing is left out."""


def secret_value(r: random.Random) -> object:
    """Something in which there are secrets, some of them in several places."""
    known: list = []

    def thing(depth: int) -> object:
        if known and r.random() < 0.2:
            return r.choice(known)
        made = thing_of(depth, r.choice((0, 1, 2, 2, 3, 40))) if depth else leaf()
        if r.random() < 0.3:
            known.append(made)
        return made

    def leaf() -> object:
        return r.choice((r.choice(TEXTS), r.randint(0, 9999), date(2026, 1, 1), 0.5))

    def thing_of(depth: int, size: int) -> object:
        inner = [thing(depth - 1 if size < 9 else 0) for _ in range(size)]
        keys = [r.choice(KEYS) if r.random() < 0.3 else f"u{n}" for n in range(size)]
        entries = dict(zip(keys, inner, strict=True))
        return r.choice((entries, entries, inner, tuple(inner), OrderedDict(entries), leaf()))

    return thing(4)


def told(data: bytes) -> tuple[object, ...]:
    """What is seen of a value, apart from what it does unseen."""
    value = read(data, RULES)
    rows = [(row.path, row.text, row.notes, row.refusal) for row in value.outline(depth=9).rows]
    return value.hides, value.to_text(), rows


@pytest.mark.parametrize("seed", range(150))
def test_looking_where_clues_lead_conceals_what_looking_at_everything_does(seed):
    r = random.Random(seed)
    data = pickle.dumps(secret_value(r), r.randint(1, 5))
    if seed % 4 == 0:
        data = pickletools.optimize(data)
    assert clues_in(read_program(data), RULES, names=True, kinds=range(3)) is not None
    closely = data[:-1] + FILLED_LATE + b"."
    assert clues_in(read_program(closely), RULES, names=True, kinds=()) is None
    assert told(data) == told(closely)


def test_only_the_entries_are_looked_at_to_which_a_clue_leads():
    users = {f"U{number}": {"karma": number, "by": ["anna"]} for number in range(500)}
    users["U300"]["by"].append({"api_key": "x"})
    users["U301"]["by"] = users["U9"]["by"] = ["token"]
    program = read_program(pickle.dumps(users, 4))
    clues = clues_in(program, RULES, names=True, kinds=())
    runs = list(clues.runs(program.root.items, 2))
    assert runs == [(18, 20), (600, 604)]
    assert [clues.are_in(program.root.items[number]) for number in (3, 601)] == [False, True]


def test_a_point_in_time_leads_nowhere_and_an_object_has_to_be_looked_at():
    day, spot = date(2026, 1, 1), OrderedDict(a=1)
    program = read_program(pickle.dumps([[day], [day], [spot], [spot]], 4))
    clues = clues_in(program, RULES, names=True, kinds=())
    assert [clues.are_in(item) for item in program.root.items] == [False, False, True, True]


def test_a_name_that_only_has_the_letters_of_a_secret_one_leads_nowhere():
    quotes = [{"author": "anna"}, {"author": "bob"}, {"auth token": "x"}, {"auth token": "y"}]
    program = read_program(pickle.dumps([{"author": "", "auth token": ""}, *quotes], 4))
    clues = clues_in(program, RULES, names=True, kinds=())
    assert [clues.are_in(item) for item in program.root.items[1:]] == [False, False, True, True]


def test_a_dict_that_is_filled_after_it_was_stored_is_looked_at():
    filled_later = b"h\x01\x8c\x05token\x8c\x07hunter2s0"
    data = b"\x80\x04]\x94}\x94\x8c\x01a\x8c\x01bsa" + filled_later + b"."
    assert pickle.loads(data) == [{"a": "b", "token": "hunter2"}]
    assert read(data, RULES).to_text() == f"[{{'a': 'b', 'token': {MASK}}}]"


def test_where_there_are_too_many_clues_everything_is_looked_at():
    data = pickle.dumps(["token" * 100_000, {"token": HUNTER}], 4)
    assert clues_in(read_program(data), RULES, names=True, kinds=()) is None
    assert HUNTER not in read(data, RULES).to_text()


def test_where_a_text_has_two_bytes_a_letter_everything_is_looked_at():
    data = pickle.dumps([{"a": TOKEN.encode("utf-16")}, {"token": HUNTER}], 4)
    assert clues_in(read_program(data), RULES, names=False, kinds=(0,)) is None
    assert read(data, RULES).to_text() == f"[{{'a': {MASK}}}, {{'token': {MASK}}}]"


def test_a_name_in_an_old_pickle_that_only_folds_to_a_secret_one_is_seen():
    data = pickle.dumps({"pa\u00dfword": HUNTER}, 0)
    assert read(data, RULES).to_text() == f"{{'pa\u00dfword': {MASK}}}"
