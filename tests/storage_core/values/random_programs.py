"""Random programs for the pickle machine that import nothing: grown from opcodes, or mutated."""

import pickle
import random
import struct

from storage_core.values import opcodes as op

SIMPLE = (
    op.NONE, op.NEWTRUE, op.NEWFALSE, op.EMPTY_LIST, op.EMPTY_DICT, op.EMPTY_SET, op.EMPTY_TUPLE,
    op.MARK, op.POP, op.POP_MARK, op.DUP, op.APPEND, op.APPENDS, op.SETITEM, op.SETITEMS,
    op.ADDITEMS, op.FROZENSET, op.TUPLE, op.TUPLE1, op.TUPLE2, op.TUPLE3, op.LIST, op.DICT,
    op.MEMOIZE, op.STOP,
)  # fmt: skip
VALUES = [
    {"a": [1, 2.5, None, True], "b": ("x", b"y", {1, 2}), 3: {"a": "a"}},
    [[], {}, (), set(), frozenset({1}), bytearray(b"ab"), 2**100, -(2**40), -1, 300, "é" * 300],
    [("x",) * 3, ["x"] * 2, {"x": "x"}],
]
SHARED = [1]
VALUES.append([SHARED, {"s": SHARED}, (SHARED,)])


def grown(r: random.Random) -> bytes:
    """Opcodes that mostly make sense, one after the other."""
    parts = [b"\x80" + bytes([r.randint(0, 5)])] if r.random() < 0.7 else []
    parts += [instruction(r) for _ in range(r.randint(1, 25))]
    return b"".join(parts) + b"."


def instruction(r: random.Random) -> bytes:
    if r.random() < 0.55:
        return bytes([r.choice(SIMPLE)])
    index = r.randint(0, 3)
    word = r.choice(("", "a", "é", "x" * 300))
    raw = word.encode()
    return r.choice(
        [
            b"K" + bytes([r.randint(0, 255)]),
            b"M" + struct.pack("<H", r.randint(0, 65535)),
            b"J" + struct.pack("<i", r.choice((-1, 5, 2**31 - 1))),
            b"G" + struct.pack(">d", r.choice((0.0, -0.0, 1.5, 1e300))),
            b"\x8a\x02" + bytes([r.randint(0, 255), r.randint(0, 255)]),
            b"\x8b\x01\0\0\0\x7f",
            r.choice(
                (b"I5\n", b"I01\n", b"I00\n", b"L7L\n", b"L-7\n", b"F1.5\n", b"I 5 \n", b"I1_0\n")
            ),
            r.choice((b"S'a\\n'\n", b'S"b"\n', b"S'\n", b"Vx\\u00e9\n", b"V\n", b"Sx\n")),
            b"\x8c" + bytes([min(len(raw), 255)]) + raw[:255],
            b"X" + struct.pack("<I", len(raw)) + raw,
            b"\x8d" + struct.pack("<Q", len(raw)) + raw,
            b"C\x02ab",
            b"B\x02\0\0\0ab",
            b"\x8e\x02\0\0\0\0\0\0\0ab",
            b"\x96\x02\0\0\0\0\0\0\0ab",
            b"U\x01a",
            b"T\x01\0\0\0a",
            b"h" + bytes([index]),
            b"j" + struct.pack("<I", index),
            b"g%d\n" % index,
            b"q" + bytes([index]),
            b"r" + struct.pack("<I", index),
            b"p%d\n" % index,
        ]
    )


def mutated(r: random.Random) -> bytes:
    """A real pickle with some bytes changed, taken out or put in."""
    data = bytearray(pickle.dumps(r.choice(VALUES), protocol=r.randint(0, 5)))
    for _ in range(r.randint(1, 4)):
        at = r.randrange(len(data))
        change = r.randint(0, 2)
        if change == 0:
            data[at] = r.randint(0, 255)
        elif change == 1 and len(data) > 2:
            del data[at]
        else:
            data.insert(at, r.randint(0, 255))
    return bytes(data)


def program(r: random.Random) -> bytes:
    return grown(r) if r.random() < 0.6 else mutated(r)
