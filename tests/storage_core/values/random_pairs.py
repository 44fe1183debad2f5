"""Random pairs of stored values that have much in common, as two versions of one value have.

All comes from one `random.Random`, so that a seed repeats a pair and hypothesis can shrink it.
"""

import copy
import pickle
import random
from collections import Counter, OrderedDict, defaultdict, deque
from datetime import date
from typing import Any

from tests.storage_core.values.random_programs import grown, instruction

PROTOCOLS = (0, 1, 2, 3, 4, 4, 4, 4, 5)
LEAVES = (None, True, 7, 1.5, float("nan"), -0.0, 2**70, "karma", "é\n", "", "x" * 300, b"xy")
KEYS = ("a", "b", "karma", "open", "y" * 250, 1, 1.0, (1, "t"), None)
CONTAINERS = (list, dict, tuple)


def pair(r: random.Random) -> tuple[bytes, bytes]:
    """Two values, of which the second is the first with something changed in it."""
    if r.random() < 0.3:
        program = grown(r)
        return program, spoilt(r, program)
    value = [thing(r, 4, []), *(thing(r, 2, []) for _ in range(r.choice((0, 3, 10))))]
    protocol = r.choice(PROTOCOLS)
    data = pickle.dumps(value, protocol)
    if r.random() < 0.4:
        return data, spoilt(r, data)
    other = protocol if r.random() < 0.9 else r.choice(PROTOCOLS)
    return data, pickle.dumps(changed(r, value), other)


def thing(r: random.Random, depth: int, made: list[Any]) -> Any:
    """A value; what was `made` before may be in it once more, a list even in itself."""
    if made and r.random() < 0.15:
        return r.choice(made)
    if depth == 0 or r.random() < 0.3:
        return r.choice((r.choice(LEAVES), r.randint(0, 300), f"u{r.randint(0, 9)}"))
    items = [thing(r, depth - 1, made) for _ in range(r.choice((0, 1, 2, 3, 8)))]
    entries = {r.choice((*KEYS, f"k{i}", i)): item for i, item in enumerate(items)}
    kind = r.randint(0, 12)
    if kind > 8:
        number = r.randint(1, 28)
        rare = (
            *(Counter("abca"), OrderedDict(entries), defaultdict(list, entries), deque(items)),
            *(date(2026, 1, number), set(range(number)), frozenset(range(number))),
        )
        return r.choice(rare)
    found: Any = items if kind < 4 else entries if kind < 7 else tuple(items)
    made.append(found)
    if kind == 0 and r.random() < 0.1:
        found.append(found)
    return found


def changed(r: random.Random, value: Any) -> Any:
    """A copy with up to two changes somewhere in it."""
    value = copy.deepcopy(value)
    for _ in range(r.randint(0, 2)):
        node = value
        for _ in range(r.randint(0, 4)):
            inner = node.values() if isinstance(node, dict) else node
            below = [one for one in inner if isinstance(one, CONTAINERS)]
            node = r.choice(below) if below else node
        if isinstance(node, list):
            change_list(r, node)
        elif isinstance(node, dict):
            change_dict(r, node)
    return value


def change_list(r: random.Random, node: list[Any]) -> None:
    index = r.randint(0, len(node))
    deed = r.randint(0, 3) if node else 0
    if deed == 0:
        node.insert(index, thing(r, 1, []))
    elif deed == 1:
        node.pop(index - 1)
    elif deed == 2:
        node[index - 1] = thing(r, 2, [])
    else:
        r.shuffle(node)


def change_dict(r: random.Random, node: dict[Any, Any]) -> None:
    name = r.choice(list(node)) if node else None
    deed = r.randint(0, 3) if node else 0
    if deed == 0:
        node[r.choice(("new", "a", 7))] = thing(r, 1, [])
    elif deed == 1:
        node.pop(name)
    elif deed == 2:
        node[name] = thing(r, 2, [])
    else:
        node[name] = node.pop(name)  # behind all others


def spoilt(r: random.Random, data: bytes) -> bytes:
    """The bytes with some changed, taken out, put in or repeated."""
    found = bytearray(data or b"N.")
    for _ in range(r.randint(1, 2)):
        at = r.randrange(len(found))
        source = r.randrange(len(found))
        again = bytes(found[source : source + r.randint(1, 12)])
        found[at : at + r.randint(0, 6)] = r.choice(
            (b"", again, instruction(r), bytes([r.randrange(256)]))
        )
        found = found or bytearray(b"N.")
    return bytes(found)
