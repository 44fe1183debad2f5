"""A merge that looks at the code and keeps what it read is the one that looks at everything."""

import pickle
import random
from importlib import import_module
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from storage_core.values import Masking, merge, read
from storage_core.values.kept import Kept
from storage_core.values.labels import labels_of
from storage_core.values.meaning import Meanings
from storage_core.values.merge import Merge
from storage_core.values.sameness import Sameness
from tests.storage_core.values.random_pairs import PROTOCOLS, changed, spoilt, thing

RULES = Masking("settings")
COMPARING = import_module("storage_core.values.diff")  # the package has a function of that name
LONG = 250


def slowly(*sides: bytes, masking: Masking | None) -> Merge:
    """The merge of trees of which nobody knows the code, each read anew."""
    with patch.object(COMPARING, "Sameness", lambda meanings, _: Sameness(meanings)):
        return merge(*sides, masking)


def three(r: random.Random) -> list[bytes]:
    """A value, and two that came from it."""
    one = [thing(r, 2, []) for _ in range(r.randint(1, 12))]
    value = [one, thing(r, 4, []), *(thing(r, 2, []) for _ in range(r.choice((0, 3, 10))))]
    value = {"token": value} if r.random() < 0.1 else value
    sides = [value, changed(r, value), changed(r, changed(r, value))]
    protocol = r.choice(PROTOCOLS)
    data = [pickle.dumps(side, protocol) for side in sides]
    if r.random() < 0.1:
        data[r.randrange(3)] = spoilt(r, data[0])
    return data


def message(r: random.Random, number: int) -> dict[str, object]:
    """One of few that are equal, or one of its own."""
    number = number if r.random() < 0.8 else r.randint(0, 2)
    return {"kind": "message", "id": number, "by": [f"U{r.randint(0, 1)}"] * r.randint(0, 2)}


def busy_list(r: random.Random) -> list[bytes]:
    """A long list in which a person changed one item, and the bot let some come and go."""
    value = [message(r, number) for number in range(LONG)]
    mine, theirs = list(value), list(value)
    place = r.randrange(LONG)
    mine[place] = {**value[place], "kind": "mine"}
    for number in range(r.randint(1, 4)):
        theirs.insert(r.randrange(len(theirs)), message(r, LONG + number))
        del theirs[r.randrange(len(theirs))]
        theirs.append(message(r, 2 * LONG + number))
    return [pickle.dumps(side, r.choice((2, 4))) for side in (value, mine, theirs)]


@given(r=st.randoms(use_true_random=True))
@settings(max_examples=600, deadline=None)
def test_random_changes_are_merged_as_if_everything_was_looked_at(r):
    sides, masking = three(r), r.choice((None, RULES))
    assert merge(*sides, masking, read=Kept().read) == slowly(*sides, masking=masking)


@given(r=st.randoms(use_true_random=True))
@settings(max_examples=40, deadline=None)
def test_a_long_list_is_merged_as_if_every_item_was_digested(r):
    sides = busy_list(r)
    assert merge(*sides, read=Kept().read) == slowly(*sides, masking=None)


@given(r=st.randoms(use_true_random=True))
@settings(max_examples=40, deadline=None)
def test_labels_are_equal_where_digests_are(r):
    data = busy_list(r)
    old, new = read(data[0]), read(data[2])
    sameness = Sameness(Meanings(), (old.program, new.program))
    labels = labels_of(old.root.items, new.root.items, sameness)
    digests = [sameness.meanings.of(node) for node in (*old.root.items, *new.root.items)]
    pairs = set(zip([*labels[0], *labels[1]], digests, strict=True))
    assert len(pairs) == len(set(digests)) == len({label for label, _ in pairs})


def test_what_a_value_was_read_for_once_is_not_read_again():
    sides = [pickle.dumps(side) for side in ({"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 2})]
    kept = Kept()
    merged = merge(*sides, read=kept.read).merged
    assert merged is not None
    assert len(kept) == 4
    assert pickle.loads(merged) == {"a": 2, "b": 2}
