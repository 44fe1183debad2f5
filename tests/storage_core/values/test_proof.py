"""The proof from the code never says more than the comparison of the trees."""

import pickle
import random

import pytest

from storage_core.exceptions import RefusedEdit
from storage_core.values import read
from storage_core.values.compare import same
from storage_core.values.literals import parse
from storage_core.values.plans import replacement
from storage_core.values.proof import is_proved
from storage_core.values.reader import read_program
from storage_core.values.safety import every_node
from storage_core.values.splice import splice
from storage_core.values.tree import Call, Opaque, parts
from tests.storage_core.values.random_programs import VALUES, mutated, program

TYPED = ("7", "'new'", "None", "[1, 'a']", "{'a': (1, 2)}", "()", "date('2026-11-24')")
DATA = [{"name": f"n{i}", "by": ["anna", ("bob", i)], "at": 0.5, "is": None} for i in range(9)]


def places(read_):
    """All places in a program that an edit could fill."""
    for node in every_node(read_):
        runs = parts(node)[1:] if isinstance(node, Call) else parts(node)
        if not isinstance(node, Opaque):
            yield from ((run, position) for run in runs for position in range(len(run)))


def judged(before, result, plan):
    """What the proof and the comparison say of a result."""
    proved = is_proved(before, result, plan.changes, plan.swaps)
    alike = result.root is not None and not result.error
    return proved, alike and same(before.root, result.root, tuple(plan.swaps))


def some_program(r: random.Random) -> bytes:
    plain = pickle.dumps(r.sample(VALUES, 2), protocol=r.randint(0, 5))
    return r.choice((program(r), mutated(r), plain))


def try_one(r: random.Random) -> tuple[int, int]:
    """Replace some part, spoil the result sometimes; how often it was proved, and wrongly so."""
    before = read_program(some_program(r))
    here = list(places(before)) if before.error is None else []
    if not here:
        return 0, 0
    run, position = r.choice(here)
    try:
        plan = replacement(before, run, position, parse(r.choice(TYPED)))
        after = bytearray(splice(before, plan.changes))
    except RefusedEdit:
        return 0, 0
    if r.random() < 0.5:
        after[r.randrange(len(after))] = r.randrange(256)
    proved, alike = judged(before, read_program(bytes(after)), plan)
    return proved, proved and not alike


@pytest.mark.parametrize("seed", range(10))
def test_what_is_proved_is_the_same_in_the_strangest_programs(seed):
    r = random.Random(seed)
    tried = [try_one(r) for _ in range(400)]
    assert sum(proved for proved, _ in tried) > 20
    assert sum(wrong for _, wrong in tried) == 0


@pytest.mark.parametrize("protocol", range(6))
def test_a_change_of_a_leaf_is_proved_in_every_protocol(protocol):
    before = read_program(pickle.dumps(DATA, protocol=protocol))
    items = before.root.items[3].items
    plan = replacement(before, items, 1, parse("'else'"))
    assert judged(before, read_program(splice(before, plan.changes)), plan) == (True, True)


def test_an_edit_that_is_proved_gives_the_bytes_that_the_bot_reads():
    value = read(pickle.dumps(DATA, protocol=4))
    expected = pickle.loads(pickle.dumps(DATA))
    expected[3]["by"][1] = ("bob", 5.5)
    assert pickle.loads(value.edit("[3]['by'][1][1]", "5.5", change_type=True)) == expected


def test_a_part_that_is_used_again_is_not_told_from_the_code():
    shared = ["a long text that is shared"]
    before = read_program(pickle.dumps([shared, shared], protocol=4))
    plan = replacement(before, before.root.items, 0, parse("1"))
    result = read_program(splice(before, plan.changes))
    assert judged(before, result, plan) == (False, True)


def test_a_change_anywhere_else_is_not_proved():
    before = read_program(pickle.dumps(DATA, protocol=4))
    plan = replacement(before, before.root.items[3].items, 1, parse("'else'"))
    good = splice(before, plan.changes)
    spoilt = [bytes([*good[:at], good[at] ^ 1, *good[at + 1 :]]) for at in range(11, len(good) - 1)]
    assert not any(judged(before, read_program(one), plan)[0] for one in spoilt)
