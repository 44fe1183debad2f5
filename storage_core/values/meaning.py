"""Digests of what a tree means to a person: equal for equal values, however they are written."""

from collections.abc import Iterator
from hashlib import blake2b
from itertools import islice
from typing import Final, NamedTuple

from storage_core.values.shape import NAMED, Shape
from storage_core.values.shapes import shape_of
from storage_core.values.tree import Atom, Map, Masked, Node, Seq, resolve

__all__ = ["UNORDERED", "Meanings", "Opened", "meant", "opened", "plain"]

_SIZE: Final = 16
_SHORT: Final = 48
_AT_ONCE: Final = 1000
UNORDERED: Final = (b"set\0", b"frozenset\0")
_PLAIN: Final = {"list": b"list\0", "tuple": b"tuple\0", "dict": b"dict\0"}


class Meanings:
    """The digests of one tree, made once for each node. Iterative, and linear in the tree.

    What is masked means what it means unmasked: that it changed is told, not what it is. A node
    that holds itself is digested as "the one so many levels up".
    """

    def __init__(self) -> None:
        self.known: dict[int, bytes] = {}
        """The digests of all but plain values, by id."""

    def of(self, root: Node) -> bytes:
        """The digest of a node; of a short plain value, what it is itself."""
        known, open_ = self.known, dict[int, int]()
        root = meant(root)
        work: list[Node | Opened] = [root]
        while work:
            node = work.pop()
            if type(node) is Opened:
                level = open_.pop(node.key)
                known[node.key] = self._digest(node, open_, level)
            elif type(node) is not Atom and id(node) not in known and id(node) not in open_:
                found = opened(node)  # type: ignore[arg-type]  # it is no Opened
                if type(found) is bytes:
                    known[id(node)] = found
                    continue
                open_[id(node)] = len(open_)
                work.append(found)  # type: ignore[arg-type]  # it is no bytes
                work += [one for one in found.below if type(one) is not Atom]  # type: ignore[union-attr]  # as above
        return plain(root.value) if type(root) is Atom else known[id(root)]

    def _digest(self, node: "Opened", open_: dict[int, int], level: int) -> bytes:
        parts = self._parts(node, open_, level)
        state = blake2b(node.head, digest_size=_SIZE)
        if node.head.startswith(UNORDERED):
            parts = iter(sorted(parts))
        while some := list(islice(parts, _AT_ONCE)):  # there may be a million of them
            state.update(b"".join([b"%d:%b" % (len(one), one) for one in some]))
        return state.digest()

    def _parts(self, node: "Opened", open_: dict[int, int], level: int) -> Iterator[bytes]:
        known = self.known
        for child in node.below:
            if type(child) is Atom:
                yield plain(child.value)
                continue
            digest = known.get(id(child))
            if digest is None:
                digest = b"up %d" % (level - open_.get(id(child), level))
            yield digest


class Opened(NamedTuple):
    """A container on the way down: its id, what it is itself, and the lists of its children."""

    key: int
    head: bytes
    parts: list[list[Node]]

    @property
    def below(self) -> list[Node]:
        """All children, as they are meant."""
        return [meant(node) for nodes in self.parts for node in nodes]


def opened(node: Node) -> Opened | bytes:
    """A container, or the digest of a leaf. The node is `meant`, and no Atom."""
    if type(node) is Seq and node.kind in _PLAIN:
        return Opened(id(node), _PLAIN[node.kind], [node.items])
    if type(node) is Map:
        return Opened(id(node), _PLAIN["dict"], [node.items])
    shape = shape_of(node)
    if shape.is_leaf:
        return _leaf(shape)
    head = f"{shape.kind}\0{shape.opening}\0{shape.closing}\0"
    for part in shape.parts:
        head += f"{part.style} {part.count} {part.names if part.style == NAMED else ''}\0"
    parts = [part.nodes[part.first :] for part in shape.parts]
    return Opened(id(node), head.encode("utf-8", "surrogatepass"), parts)


def meant(node: Node) -> Node:
    """What a node stands for: references followed, and what is masked itself."""
    node = resolve(node)
    while isinstance(node, Masked):
        node = resolve(node.inner)
    return node


def _leaf(shape: Shape) -> bytes:
    return _told(f"{shape.kind}\0{shape.text}", shape.exact)


def plain(value: object) -> bytes:
    """What a plain value is, in short."""
    return _told(f"{type(value).__name__}\0{_exactly(value)}")


def _told(text: str, exact: bytes | None = None) -> bytes:
    """A leaf's text itself, if it is short; else its digest, which no text is as long as."""
    raw = text.encode("utf-8", "surrogatepass")
    if exact is None and len(raw) <= _SHORT and len(raw) != _SIZE:
        return raw
    digest = blake2b(raw, digest_size=_SIZE)
    if exact is not None:
        digest.update(b"\0" + exact)
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
