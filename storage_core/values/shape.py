"""How a node is shown: its kind, its text or its children, and where each child's code stands.

A node says how a thing is made; a shape says what it is for a person: `datetime(b'\\x07…')` is a
point in time, `Counter({…})` a container of counts. Shapes are made on demand by `shape_of`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from storage_core.values.tree import Map, Node

__all__ = ["ARG", "ENTRY", "FIELD", "INDEX", "MEMBER", "NAMED", "STATE", "Part", "Place", "Shape"]

INDEX: Final = "index"
"""Items by position: `[0]`."""
MEMBER: Final = "member"
"""Members of a set: without an order, so by place: `{0}`."""
ENTRY: Final = "entry"
"""Values under keys: `['votes']`. Nodes are flat: key, value …"""
FIELD: Final = "field"
"""Fields of an object: `.user`. Nodes are flat: name, value …"""
NAMED: Final = "named"
"""Arguments whose names are known, as of a namedtuple: `.x`."""
ARG: Final = "arg"
"""What a constructor is given: `(0)`."""
STATE: Final = "state"
"""A state that is neither a dict nor slots: `.__state__`."""
PAIRED: Final = frozenset({ENTRY, FIELD})


@dataclass(slots=True)
class Part:
    """A run of children of one style. `nodes` is the list in the tree itself, not a copy."""

    style: str
    nodes: list[Node]
    owner: Node
    """The node that holds `nodes`: what an edit changes."""
    names: Sequence[str] = ()
    first: int = 0
    """Where the run starts in `nodes`."""
    fixed: bool = False
    """Whether values may change, but none may come, go or be renamed."""
    holds_maps: bool = False
    """Whether each child has to be a dict or its like, or the bot would fail on the whole."""

    @property
    def count(self) -> int:
        length = len(self.nodes) - self.first
        return length // 2 if self.style in PAIRED else length


@dataclass(slots=True)
class Place:
    """One child: `part.nodes[position]` is its value, `key` the node of its key, if it has one."""

    part: Part
    index: int
    """Counted within the part."""

    @property
    def position(self) -> int:
        if self.part.style in PAIRED:
            return self.part.first + self.index * 2 + 1
        return self.part.first + self.index

    @property
    def node(self) -> Node:
        return self.part.nodes[self.position]

    @property
    def key(self) -> Node | None:
        return self.part.nodes[self.position - 1] if self.part.style in PAIRED else None


@dataclass(slots=True)
class Shape:
    """What a node is for a person. A leaf has `text` and no parts."""

    kind: str
    """`dict`, `datetime`, `acme.models.Ticket` …"""
    group: str
    """For colour: str, num, word, time, name, bytes, container, object, note or masked."""
    text: str | None = None
    """Typed notation of a leaf."""
    parts: tuple[Part, ...] = ()
    opening: str = ""
    closing: str = ""
    pairs: str = ": "
    """Between key and value of an entry; `, ` for the pairs of an OrderedDict."""
    typeable: bool = True
    """Whether its own notation can be typed, its children apart."""
    is_object: bool = False
    notes: tuple[str, ...] = ()
    exact: bytes | None = None
    """All of a leaf of which `text` may show only a part: what tells two of them apart."""
    typed_as: str | None = None
    """What can be typed to change a leaf that is there, though its own notation cannot."""
    fields_in: Map | None = None
    """Where a new field of an object goes."""

    @property
    def is_leaf(self) -> bool:
        return self.text is not None

    @property
    def count(self) -> int:
        return sum(part.count for part in self.parts)

    @property
    def holds(self) -> str:
        """How much is in it: `3 items`, `1 field`."""
        is_fielded = self.is_object and any(part.style == FIELD for part in self.parts)
        noun = "field" if is_fielded else "item"
        return f"{self.count:,} {noun}{'' if self.count == 1 else 's'}"

    def places(self, offset: int = 0) -> Iterator[tuple[int, Place]]:
        """The children from place `offset` on, numbered over all parts."""
        base = 0
        for part in self.parts:
            count = part.count
            for index in range(max(offset - base, 0), count):
                yield base + index, Place(part, index)
            base += count

    def place(self, number: int) -> Place:
        """The child at place `number`, counted over all parts. Raises IndexError."""
        if number >= 0:
            for part in self.parts:
                if number < part.count:
                    return Place(part, number)
                number -= part.count
        raise IndexError(number)
