"""Digests of what a tree means to a person: equal for equal values, however they are written."""

from hashlib import blake2b
from typing import Final

from storage_core.values.shape import NAMED, Shape
from storage_core.values.shapes import shape_of
from storage_core.values.tree import Atom, Masked, Node, resolve

__all__ = ["Meanings"]

_SIZE: Final = 16
_UNORDERED: Final = frozenset(("set", "frozenset"))


class Meanings:
    """The digests of one tree, made once for each node. Iterative, and linear in the tree.

    What is masked means what it means unmasked: that it changed is told, not what it is. A node
    that holds itself is digested as "the one so many levels up".
    """

    def __init__(self) -> None:
        self.known: dict[int, bytes] = {}

    def of(self, root: Node) -> bytes:
        """The digest of a node."""
        root = _meant(root)
        open_: dict[int, int] = {}
        work: list[tuple[Node, Shape | None, list[Node]]] = [(root, None, [])]
        while work:
            node, shape, below = work.pop()
            if shape is None:
                if id(node) in self.known or id(node) in open_:
                    continue
                if isinstance(node, Atom):
                    self.known[id(node)] = _leaf(node, None)
                    continue
                shape = shape_of(node)
                if shape.is_leaf:
                    self.known[id(node)] = _leaf(node, shape)
                    continue
                below = _below(shape)
                open_[id(node)] = len(open_)
                work.append((node, shape, below))
                work.extend((child, None, []) for child in below)
                continue
            level = open_.pop(id(node))
            self.known[id(node)] = self._digest(shape, below, open_, level)
        return self.known[id(root)]

    def _digest(self, shape: Shape, below: list[Node], open_: dict[int, int], level: int) -> bytes:
        parts = []
        for child in below:
            known = self.known.get(id(child))
            parts.append(
                known if known is not None else b"up %d" % (level - open_.get(id(child), level))
            )
        if shape.kind in _UNORDERED:
            parts.sort()
        head = f"{shape.kind}\0{shape.opening}\0{shape.closing}\0"
        for part in shape.parts:
            head += f"{part.style} {part.count} {part.names if part.style == NAMED else ''}\0"
        state = blake2b(head.encode("utf-8", "surrogatepass"), digest_size=_SIZE)
        for one in parts:
            state.update(b"%d:" % len(one) + one)
        return state.digest()


def _meant(node: Node) -> Node:
    node = resolve(node)
    while isinstance(node, Masked):
        node = resolve(node.inner)
    return node


def _below(shape: Shape) -> list[Node]:
    found = []
    for part in shape.parts:
        found += [_meant(node) for node in part.nodes[part.first :]]
    return found


def _leaf(node: Node, shape: Shape | None) -> bytes:
    if isinstance(node, Atom):
        text = f"{type(node.value).__name__}\0{_exactly(node.value)}"
    else:
        text = f"{shape.kind}\0{shape.text}" if shape is not None else ""
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_SIZE)
    if shape is not None and shape.exact is not None:
        digest.update(b"\0" + shape.exact)
    return digest.digest()


def _exactly(value: object) -> str:
    """A text for a plain value, different for different values and linear in its size."""
    if type(value) is int:
        return hex(value)
    if isinstance(value, float):
        return value.hex()
    if isinstance(value, bytearray):
        return f"bytearray({bytes(value)!r})"  # as the shapes of the calls that make one
    return value if isinstance(value, str) else repr(value)
