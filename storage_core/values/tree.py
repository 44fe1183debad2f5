"""The picture of a stored value: what the program would build, and which bytes build it.

A stored value is a program for the pickle machine. Each node stands for one thing that the program
would put on the machine's stack; `data[start:end]` is the code that puts it there. Nothing here is
built, imported, hashed or compared by its own methods: a dict is a flat list of nodes (key, value,
key, value …), a set is a list, a class is its name.

Every walk over a tree must be iterative: 200,000 levels are a valid value.
"""

from collections.abc import Sequence
from typing import NamedTuple

__all__ = [
    "Atom",
    "Batch",
    "Call",
    "Global",
    "Map",
    "Masked",
    "Node",
    "Opaque",
    "Program",
    "Reference",
    "Seq",
    "children",
    "parts",
    "resolve",
]


class Batch(NamedTuple):
    """Children that one opcode attached: `data[start]` is its MARK (or the first child)."""

    start: int
    op: int
    """Position of the opcode itself."""
    first: int
    """Index of its first child in the list of nodes that it filled."""


class Node:
    """One thing on the machine's stack, built by `data[start:end]`."""

    __slots__ = ("end", "start")
    start: int
    end: int


class Atom(Node):
    """None, bool, int, float, str, bytes or bytearray: the value itself."""

    __slots__ = ("value",)

    def __init__(self, value: object, start: int = 0, end: int = 0) -> None:
        self.value = value
        self.start = start
        self.end = end


class Seq(Node):
    """A list, tuple, set or frozenset; `kind` says which. `op` is where its opcode stands."""

    __slots__ = ("batches", "items", "kind", "op")

    def __init__(
        self, kind: str, items: list[Node], start: int = 0, end: int = 0, op: int = -1
    ) -> None:
        self.kind = kind
        self.items = items
        self.start = start
        self.end = end
        self.op = op
        self.batches: list[Batch] | None = None


class Map(Node):
    """A dict: key, value, key, value … in `items`."""

    __slots__ = ("batches", "items")

    def __init__(self, items: list[Node], start: int = 0, end: int = 0) -> None:
        self.items = items
        self.start = start
        self.end = end
        self.batches: list[Batch] | None = None


class Global(Node):
    """Something that the bot imports. A part that the program computes is None."""

    __slots__ = ("module", "name")

    def __init__(self, module: str | None, name: str | None, start: int = 0, end: int = 0) -> None:
        self.module = module
        self.name = name
        self.start = start
        self.end = end

    @property
    def dotted(self) -> str:
        return f"{self.module or '?'}.{self.name or '?'}"


class Call(Node):
    """Something that the bot calls: `callee(*args, **kwargs)`, and what is put in afterwards.

    `how` is `call` (REDUCE), `new` (`cls.__new__`), or `inst` (the opcodes of old protocols, whose
    arguments have no tuple of their own). `items` were appended, `entries` set by key (flat),
    `members` added as to a set, `states` handed to `__setstate__` or the instance's dict.
    """

    __slots__ = ("args", "batches", "callee", "entries", "how", "items", "kwargs", "members",
                 "states")  # fmt: skip

    def __init__(self, how: str, callee: Node, args: Node, start: int = 0, end: int = 0) -> None:
        self.how = how
        self.callee = callee
        self.args = args
        self.start = start
        self.end = end
        self.kwargs: Node | None = None
        self.items: list[Node] = []
        self.entries: list[Node] = []
        self.members: list[Node] = []
        self.states: list[Node] = []
        self.batches: list[Batch] | None = None


class Reference(Node):
    """A node that is seen again: the same object for the bot. Never points to a Reference."""

    __slots__ = ("target",)

    def __init__(self, target: Node, start: int, end: int) -> None:
        self.target = target
        self.start = start
        self.end = end


class Opaque(Node):
    """What can be named but not read: a persistent id, an extension code, a buffer, a note."""

    __slots__ = ("inner", "kind", "text")

    def __init__(
        self, kind: str, text: str, inner: Node | None = None, start: int = 0, end: int = 0
    ) -> None:
        self.kind = kind
        self.text = text
        self.inner = inner
        self.start = start
        self.end = end


class Masked(Node):
    """What stands in a tree in the place of something secret (see `concealing`): one leaf.

    `kind` and `typeable` are those of what is masked, `why` says why it is. `inner` is that itself:
    only for comparing, never to be shown. It is no child, so that no walk comes by it.
    """

    __slots__ = ("inner", "kind", "typeable", "why")

    def __init__(self, inner: Node, kind: str, why: str, *, typeable: bool) -> None:
        self.inner = inner
        self.kind = kind
        self.why = why
        self.typeable = typeable
        self.start = inner.start
        self.end = inner.end


def resolve(node: Node) -> Node:
    """The node itself, or what it refers to."""
    return node.target if type(node) is Reference else node


def parts(node: Node) -> Sequence[list[Node]]:
    """The lists of children of a node. A call's own parts come as fresh lists."""
    if isinstance(node, (Seq, Map)):
        return (node.items,)
    if isinstance(node, Call):
        head = [node.callee, node.args]
        if node.kwargs is not None:
            head.append(node.kwargs)
        return (head, node.items, node.entries, node.members, node.states)
    if isinstance(node, Opaque) and node.inner is not None:
        return ([node.inner],)
    return ()


def children(node: Node) -> list[Node]:
    """All children of a node, in a fixed order; references are not followed."""
    if isinstance(node, (Seq, Map)):
        return node.items
    return [child for part in parts(node) for child in part]


class Program:
    """What reading the bytes found out: the tree, and what splicing needs to know of the code."""

    __slots__ = (
        "calls",
        "data",
        "end",
        "error",
        "error_at",
        "escaped",
        "filled_late",
        "frames",
        "gets",
        "globals",
        "hidden",
        "length",
        "memo",
        "memoized",
        "odd",
        "opaques",
        "persistent",
        "pops",
        "protocol",
        "puts",
        "reused",
        "root",
        "tables",
    )

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.length = len(data)
        """Of the whole value, where `data` is only the beginning of it."""
        self.root: Node | None = None
        self.end = 0
        """Position behind STOP, or where reading ended."""
        self.error: str | None = None
        """Why reading ended before STOP, in words."""
        self.error_at = 0
        self.protocol: int | None = None
        self.memo: dict[int, Node] = {}
        self.memoized: list[int] = []
        """Positions of MEMOIZE: the n-th defines memo entry n unless there are `puts` too."""
        self.puts: list[int] = []
        """Positions of PUT, BINPUT and LONG_BINPUT."""
        self.gets: list[Reference] = []
        self.reused: list[Node] = []
        """What some of the `gets` refer to, once for each, but for atoms: most are texts."""
        self.frames: list[int] = []
        self.pops: list[int] = []
        """Positions of POP and POP_MARK: before them stands code whose result is thrown away."""
        self.globals: list[Node] = []
        """Everything that is imported: Global nodes, and Opaque ones for extension codes."""
        self.calls: list[Call] = []
        """All calls, also those whose results are thrown away."""
        self.opaques: list[Opaque] = []
        """All that can be named but not read."""
        self.tables: list[Map | Seq] = []
        """All dicts, sets and frozensets: what hashes its keys or members."""
        self.escaped = False
        """Whether a text does not stand in the bytes as it is: it is written with escapes, or in
        another encoding than UTF-8."""
        self.filled_late = False
        """Whether a dict, list or set was filled after it was taken from the memo: then what is in
        it is not all in its own code."""
        self.hidden: list[Node] = []
        """What is built or called and is not part of the value that the bot gets."""
        self.persistent = False
        """Whether it has persistent ids, which the bot looks up."""
        self.odd: list[str] = []
        """What a pickler never writes; an edit of such a program is refused."""
