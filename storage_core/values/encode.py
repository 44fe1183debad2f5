"""Tree to opcodes of protocol 4, as a pickler would write them.

`encode` gives a whole value with a memo; for plain data the bytes are those of
`pickle.dumps(value, protocol=4)`. `code` gives a piece without a memo, to be put into a program.
"""

import struct
from collections.abc import Sequence
from typing import Final

from storage_core.values import opcodes as op
from storage_core.values.tree import Atom, Call, Global, Map, Node, Reference, Seq

__all__ = ["Piece", "atom_code", "code", "encode", "framed"]

Piece = bytes | range
"""New code, or a range of the code that is already there."""
BATCH: Final = 1000
_MIN_FRAME: Final = 4
_TUPLES: Final = {1: op.TUPLE1, 2: op.TUPLE2, 3: op.TUPLE3}


def encode(node: Node) -> bytes:
    """A whole pickle of protocol 4."""
    writer = _Writer(memo=True)
    pieces = writer.run(node)
    body = b"".join(piece for piece in pieces if isinstance(piece, bytes))
    return framed(b"\x80\x04", body + bytes((op.STOP,)))


def framed(head: bytes, body: bytes) -> bytes:
    """`body` in one frame behind `head` (PROTO and its argument)."""
    if len(body) < _MIN_FRAME:
        return head + body
    return head + bytes((op.FRAME,)) + len(body).to_bytes(8, "little") + body


def code(node: Node) -> Sequence[Piece]:
    """The code that puts a tree on the stack. Nodes that have code already keep it."""
    return _Writer(memo=False).run(node)


def atom_code(value: object) -> bytes:  # noqa: PLR0911 - one for each type
    """The code for a plain value, without MEMOIZE."""
    if value is None:
        return bytes((op.NONE,))
    if isinstance(value, bool):
        return bytes((op.NEWTRUE if value else op.NEWFALSE,))
    if isinstance(value, int):
        return _int_code(value)
    if isinstance(value, float):
        return bytes((op.BINFLOAT,)) + struct.pack(">d", value)
    if isinstance(value, str):
        raw = value.encode("utf-8", "surrogatepass")
        return _counted(raw, op.SHORT_BINUNICODE, op.BINUNICODE, op.BINUNICODE8)
    if isinstance(value, bytes):
        return _counted(value, op.SHORT_BINBYTES, op.BINBYTES, op.BINBYTES8)
    if isinstance(value, bytearray):
        return bytes((op.BYTEARRAY8,)) + len(value).to_bytes(8, "little") + bytes(value)
    raise TypeError(type(value))


def _int_code(value: int) -> bytes:
    if 0 <= value <= 0xFF:
        return bytes((op.BININT1, value))
    if 0 <= value <= 0xFFFF:
        return bytes((op.BININT2,)) + value.to_bytes(2, "little")
    if -0x80000000 <= value <= 0x7FFFFFFF:
        return bytes((op.BININT,)) + value.to_bytes(4, "little", signed=True)
    raw = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    if value < 0 and raw[-1] == 0xFF and raw[-2] & 0x80:
        raw = raw[:-1]  # the shortest form, as `pickle.encode_long`
    if len(raw) <= 0xFF:
        return bytes((op.LONG1, len(raw))) + raw
    return bytes((op.LONG4,)) + len(raw).to_bytes(4, "little") + raw


def _counted(raw: bytes, short: int, middle: int, long: int) -> bytes:
    if len(raw) <= 0xFF:
        return bytes((short, len(raw))) + raw
    if len(raw) <= 0xFFFFFFFF:
        return bytes((middle,)) + len(raw).to_bytes(4, "little") + raw
    return bytes((long,)) + len(raw).to_bytes(8, "little") + raw


class _Writer:
    def __init__(self, *, memo: bool) -> None:
        self.memo = memo
        self.known: dict[object, int] = {}
        """Texts and bytes that are in the memo, and imported names."""
        self.count = 0
        self.out: list[Piece] = []
        self.work: list[Node | bytes] = []

    def run(self, node: Node) -> list[Piece]:
        self.work.append(node)
        while self.work:
            piece = self.work.pop()
            if isinstance(piece, bytes):
                self.out.append(piece)
                self.count += piece.endswith(bytes((op.MEMOIZE,))) and self.memo
            elif piece.end > 0:
                self.out.append(range(piece.start, piece.end))
            else:
                self.node(piece)
        return self.out

    def node(self, node: Node) -> None:
        if isinstance(node, Atom):
            self.atom(node.value)
        elif isinstance(node, Seq):
            self.seq(node)
        elif isinstance(node, Map):
            self.then(op.EMPTY_DICT, *self.batches(node.items, 2, op.SETITEM, op.SETITEMS))
        elif isinstance(node, Global):
            self.global_(node)
        elif isinstance(node, Call):
            self.call(node)
        elif isinstance(node, Reference):
            self.work.append(node.target)
        else:
            raise TypeError(type(node))

    def then(self, opcode: int, *more: Node | bytes) -> None:
        """An opcode that makes a container, its place in the memo, and what fills it."""
        made = bytes((opcode,)) + self.memoize()
        self.out.append(made)
        self.count += self.memo
        self.work.extend(reversed(more))

    def memoize(self) -> bytes:
        return bytes((op.MEMOIZE,)) if self.memo else b""

    def atom(self, value: object) -> None:
        if not isinstance(value, (str, bytes)) or not self.memo:
            self.out.append(atom_code(value))
            return
        index = self.known.get(value)
        if index is not None:
            self.out.append(get_code(index))
            return
        self.known[value] = self.count
        self.count += 1
        self.out.append(atom_code(value) + self.memoize())

    def seq(self, node: Seq) -> None:
        items, end = node.items, self.memoize()
        if node.kind == "list":
            self.then(op.EMPTY_LIST, *self.batches(items, 1, op.APPEND, op.APPENDS))
        elif node.kind == "set":
            self.then(op.EMPTY_SET, *self.batches(items, 1, 0, op.ADDITEMS))
        elif node.kind == "frozenset":
            self.work += [bytes((op.FROZENSET,)) + end, *reversed(items), bytes((op.MARK,))]
        elif not items:
            self.out.append(bytes((op.EMPTY_TUPLE,)))
        elif len(items) <= 3:
            self.work += [bytes((_TUPLES[len(items)],)) + end, *reversed(items)]
        else:
            self.work += [bytes((op.TUPLE,)) + end, *reversed(items), bytes((op.MARK,))]

    def batches(self, nodes: list[Node], width: int, one: int, many: int) -> list[Node | bytes]:
        """The code that fills a container, in batches as CPython writes them."""
        if not nodes:
            return []
        if len(nodes) == width and one:
            return [*nodes, bytes((one,))]
        pieces: list[Node | bytes] = []
        step = BATCH * width
        for start in range(0, len(nodes), step):
            pieces += [bytes((op.MARK,)), *nodes[start : start + step], bytes((many,))]
        if len(nodes) % step == 0 and many != op.APPENDS:
            pieces += [bytes((op.MARK,)), bytes((many,))]  # CPython's own quirk for dicts and sets
        return pieces

    def global_(self, node: Global) -> None:
        name = (node.module, node.name)
        index = self.known.get(name)
        if index is not None:
            self.out.append(get_code(index))
            return
        self.atom(node.module)
        self.atom(node.name)
        self.out.append(bytes((op.STACK_GLOBAL,)) + self.memoize())
        if self.memo:
            self.known[name] = self.count
            self.count += 1

    def call(self, node: Call) -> None:
        made = bytes((op.NEWOBJ if node.how == "new" else op.REDUCE,)) + self.memoize()
        pieces: list[Node | bytes] = [node.callee, node.args, made]
        pieces += self.batches(node.items, 1, op.APPEND, op.APPENDS)
        pieces += self.batches(node.entries, 2, op.SETITEM, op.SETITEMS)
        for state in node.states:
            pieces += [state, bytes((op.BUILD,))]
        self.work.extend(reversed(pieces))


def get_code(index: int) -> bytes:
    """The code that takes memo entry `index`."""
    if index <= 0xFF:
        return bytes((op.BINGET, index))
    return bytes((op.LONG_BINGET,)) + index.to_bytes(4, "little")
