"""A merge that looks at the code and keeps what it read is the one that looks at everything."""

import gc
import pickle
import random
from dataclasses import replace
from importlib import import_module
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from storage_core.values import Masking, merge, read
from storage_core.values.compare import same
from storage_core.values.kept import Kept
from storage_core.values.labels import labels_of
from storage_core.values.meaning import Meanings
from storage_core.values.merge import Merge
from storage_core.values.sameness import Sameness
from storage_core.values.transplant import Transplant
from tests.storage_core.values.random_pairs import PROTOCOLS, changed, spoilt, thing

RULES = Masking("settings")
COMPARING = import_module("storage_core.values.diff")  # the package has a function of that name
LONG = 250


def slowly(*sides: bytes, masking: Masking | None) -> Merge:
    """The merge of trees of which nobody knows the code, each change made and proved by itself."""
    with (
        patch.object(COMPARING, "Sameness", lambda meanings, _: Sameness(meanings)),
        patch.object(Transplant, "_at_once", lambda *_: None),
    ):
        return merge(*sides, masking)


def agree(one: Merge, other: Merge) -> bool:
    """Whether the same was told, and the same is merged; memo entries that nothing takes apart."""
    if one.merged is None or other.merged is None:
        return one == other
    told = [replace(side, merged=None) for side in (one, other)]
    values = [read(side.merged).root for side in (one, other)]
    return told[0] == told[1] and same(*values)


def three(r: random.Random) -> list[bytes]:
    """A value, and two that came from it."""
    one = [thing(r, 2, []) for _ in range(r.randint(1, 12))]
    value = [one, thing(r, 4, []), *(thing(r, 2, []) for _ in range(r.choice((0, 3, 10))))]
    value = {"token": value} if r.random() < 0.1 else value
    mine = changed(r, value) if r.random() < 0.5 else changed(r, changed(r, value))
    sides = [value, mine, changed(r, changed(r, value))]
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
    """A long list in which a person changed some items, and the bot let some come and go."""
    value = [message(r, number) for number in range(LONG)]
    mine, theirs = list(value), list(value)
    for place in r.sample(range(LONG), r.choice((1, 1, 3))):
        mine[place] = {**value[place], r.choice(("kind", "new")): "mine"}
        mine[place]["by"] = r.choice(([], value[place]["by"]))
    for number in range(r.randint(1, 4)):
        theirs.insert(r.randrange(len(theirs)), message(r, LONG + number))
        del theirs[r.randrange(len(theirs))]
        theirs.append(message(r, 2 * LONG + number))
    return [pickle.dumps(side, r.choice((2, 4))) for side in (value, mine, theirs)]


@given(r=st.randoms(use_true_random=True))
@settings(max_examples=600, deadline=None)
def test_random_changes_are_merged_as_if_everything_was_looked_at(r):
    sides, masking = three(r), r.choice((None, RULES))
    assert agree(merge(*sides, masking, read=Kept().read), slowly(*sides, masking=masking))


@given(r=st.randoms(use_true_random=True))
@settings(max_examples=40, deadline=None)
def test_a_long_list_is_merged_as_if_every_item_was_digested(r):
    sides = busy_list(r)
    assert agree(merge(*sides, read=Kept().read), slowly(*sides, masking=None))


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


def test_each_value_is_read_once_whatever_the_number_of_changes():
    base = dict.fromkeys("abcdef", 1)
    mine, theirs = base | {"a": 2, "b": [2], "d": "x"}, base | {"f": 2, "g": 3}
    kept = Kept()
    merged = merge(*(pickle.dumps(side) for side in (base, mine, theirs)), read=kept.read).merged
    assert merged is not None
    assert pickle.loads(merged) == mine | {"f": 2, "g": 3}
    assert len(kept) == 4


def test_of_changes_that_are_made_one_by_one_only_the_last_result_is_kept():
    base, mine, theirs = [1, 2], [1, 2, 3, 4, 5], [0, 1, 2]
    kept = Kept()
    merged = merge(*(pickle.dumps(side) for side in (base, mine, theirs)), read=kept.read).merged
    assert merged is not None
    assert pickle.loads(merged) == [0, 1, 2, 3, 4, 5]
    assert len(kept) == 4


def test_what_was_merged_is_freed_when_it_is_let_go_of():
    lists = [[[n] for n in range(500)] for _ in range(3)]
    lists[1][0], lists[2][400] = ["mine"], ["theirs"]
    sides = [pickle.dumps(side) for side in lists]
    gc.collect()
    gc.disable()  # as in the worker
    try:
        assert merge(*sides).merged
        assert gc.collect() < len(lists[0])
    finally:
        gc.enable()
