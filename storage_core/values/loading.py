"""What keeps a bot from reading a value: keys that cannot be hashed, zones that do not exist …

The bot meets these only when it reads, and then the whole value is lost to it. So they are refused
where they are typed, and once more on every write.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from storage_core.values import zones
from storage_core.values.equality import key_token
from storage_core.values.known.times import zone_key
from storage_core.values.names import name_of
from storage_core.values.shape import Shape
from storage_core.values.shapes import known_shape, shape_of
from storage_core.values.tree import (
    Atom,
    Call,
    Global,
    Map,
    Node,
    Program,
    Reference,
    Seq,
    resolve,
)

__all__ = ["Hashing", "faults_of", "foreign_names", "overfull", "repeated"]

_UNHASHABLE: Final = frozenset({
    "builtins.bytearray", "builtins.set", "collections.Counter", "collections.OrderedDict",
    "collections.defaultdict", "collections.deque",
})  # fmt: skip
_SLICE: Final = "builtins.slice"
_WINDOWS_PATHS: Final = frozenset({"pathlib.WindowsPath", "pathlib._local.WindowsPath"})


class Hashing:
    """Which nodes can be keys and members of sets. Each node is looked at once; iterative."""

    def __init__(self, *, any_python: bool = False) -> None:
        """With `any_python` only what cannot be hashed in whatever version of Python."""
        self.any_python = any_python
        self.known: dict[int, str] = {}
        """What stands in the way, by id; empty for what can be hashed."""

    def obstacle(self, node: Node) -> str:
        """The kind of what cannot be hashed, the node itself or in it; empty if all can."""
        node = resolve(node)
        work: list[Node] = [node]
        entered: set[int] = set()
        while work:
            one = work[-1]
            if id(one) in self.known:
                work.pop()
                continue
            own = self._own(one)
            below = [] if own or not isinstance(one, Seq) else list(map(resolve, one.items))
            if below and id(one) not in entered:
                entered.add(id(one))
                work += [inner for inner in below if id(inner) not in entered]
                continue
            work.pop()
            inner = (self.known.get(id(each), "") for each in below)
            self.known[id(one)] = own or next(filter(None, inner), "")
        return self.known[id(node)]

    def _own(self, node: Node) -> str:  # noqa: PLR0911 - one for each class of node
        if isinstance(node, Map):
            return "dict"
        if isinstance(node, Seq):
            return node.kind if node.kind in ("list", "set") else ""
        if isinstance(node, Atom):
            return "bytearray" if type(node.value) is bytearray else ""
        if not isinstance(node, Call):
            return ""
        name = name_of(node.callee)
        if name in _UNHASHABLE:
            return name.rpartition(".")[2]
        if name == _SLICE and not self.any_python:  # hashable from Python 3.12 on
            return "slice"
        is_signaling = name == "decimal.Decimal" and "sNaN" in (shape_of(node).text or "")
        return "signaling NaN" if is_signaling else ""


def overfull(shape: Shape) -> str:
    """What a deque with more items than it may have is called; empty for all else."""
    longest = shape.closing.partition("maxlen=")[2].rstrip(")")
    if shape.kind != "deque" or not longest or shape.count <= int(longest):
        return ""
    return f"a deque of {shape.count:,} items that keeps {int(longest):,} only"


def foreign_names(program: Program) -> frozenset[str]:
    """Names that cannot be typed anew, but stand in a value: the bot is known to read them."""
    if not program.globals:
        return frozenset()
    found = {key for call in program.calls if (key := zone_key(call)) is not None}
    for node in program.globals:
        if isinstance(node, Global) and node.dotted in _WINDOWS_PATHS:
            found.add("WindowsPath")
    return frozenset(found)


def faults_of(program: Program, *, any_python: bool = False) -> Counter[str]:
    """What a bot could not read, each in words that follow "this would bring in". Linear.

    With `any_python` only what no bot could read, whatever its Python, its system and its time
    zones.
    """
    hashing = Hashing(any_python=any_python)
    found: Counter[str] = Counter()
    for keys in map(keys_of, (*program.tables, *program.calls)):
        for key in keys:
            plain = key.target if type(key) is Reference else key
            if type(plain) is Atom and type(plain.value) is not bytearray:
                continue  # as most are
            obstacle = hashing.obstacle(key)
            if obstacle:
                found[f"{_a(obstacle)} as a key or member of a set, which the bot cannot read"] += 1
    found.update(_overfull_deques(program))
    if not any_python:
        for name in foreign_names(program):
            if name == "WindowsPath":
                found["a WindowsPath, which only a bot on Windows can read"] = 1
            elif not zones.is_known(name):
                found[f"the time zone {name!r}, which does not exist"] = 1
    return found


def _overfull_deques(program: Program) -> Iterator[str]:
    for call in program.calls:
        if name_of(call.callee) == "collections.deque":
            shape = known_shape(call)
            fault = overfull(shape) if shape is not None else ""
            if fault:
                yield fault


def repeated(program: Program) -> int:
    """How many keys and members of sets there are once more in the same dict or set. Linear.

    The bot keeps one of those that are equal.
    """
    return sum(
        len(keys) - len(set(map(key_token, keys)))
        for keys in map(keys_of, (*program.tables, *program.calls))
        if len(keys) > 1
    )


def keys_of(node: Node) -> list[Node]:
    """The keys or members of a container."""
    if type(node) is Map:
        return node.items[::2]
    if isinstance(node, Seq) and node.kind in ("set", "frozenset"):
        return node.items
    if isinstance(node, Call):
        return [*node.entries[::2], *node.members, *_given(node)]
    return []


def _given(call: Call) -> list[Node]:
    """The members of `set([…])`, as protocols below 4 write it."""
    if name_of(call.callee) not in ("builtins.set", "builtins.frozenset"):
        return []
    args = resolve(call.args)
    if not isinstance(args, Seq):
        return []
    sources = map(resolve, args.items)
    return [item for source in sources if isinstance(source, Seq) for item in source.items]


def _a(noun: str) -> str:
    return f"an {noun}" if noun[:1].lower() in "aeio" else f"a {noun}"
