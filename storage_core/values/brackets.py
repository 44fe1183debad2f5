"""Brackets that are open while a text is read: what stands in them so far, and what they make."""

from collections.abc import Callable, Collection
from typing import Final

from storage_core.values import zones
from storage_core.values.equality import key_token
from storage_core.values.known import containers, identifiers, numbers, octets, times
from storage_core.values.lexemes import refused
from storage_core.values.loading import Hashing
from storage_core.values.names import text_of
from storage_core.values.notation import spell
from storage_core.values.tree import Atom, Call, Map, Node, Seq

__all__ = ["CLOSERS", "CONSTRUCTORS", "MAX_LEVELS", "Bracket", "Brackets"]

MAX_LEVELS: Final = 500
CLOSERS: Final = {"[": "]", "(": ")", "{": "}"}
CONSTRUCTORS: Final[dict[str, Callable[[list[Node], dict[str, Node]], Node]]] = {
    **octets.TYPED,
    **numbers.TYPED,
    **identifiers.TYPED,
    **times.TYPED,
    **containers.TYPED,
}
_SETS: Final = ("set", "frozenset")
_PAIRS: Final = "OrderedDict"


class Bracket:
    """An open bracket, with what stands in it so far."""

    __slots__ = ("at", "closer", "comma", "function", "items", "key", "keyword", "names", "opener",
                 "taken")  # fmt: skip

    def __init__(self, opener: str, at: int, function: str = "") -> None:
        self.opener = opener
        self.closer = CLOSERS[opener]
        self.at = at
        self.function = function
        self.items: list[Node] = []
        self.names: dict[str, Node] = {}
        self.keyword = ""
        self.key: Node | None = None
        """The key before a colon, while its value is read."""
        self.comma = False
        self.taken: set[str] = set()
        """The tokens of the keys or members so far."""

    @property
    def demands_value(self) -> bool:
        """Whether it cannot end here: a name or a key stands before."""
        return bool(self.keyword) or self.key is not None


class Brackets:
    """All brackets of a text that are open, the outermost first."""

    def __init__(self, text: str, known: Collection[str] | None) -> None:
        self.text = text
        self.known = known
        """Names that may be typed though they are unknown here; None for all."""
        self.open: list[Bracket] = []
        self.places: dict[int, int] = {}
        """Where the keys or members begin that are given to a constructor, by id."""
        self.hashing = Hashing()
        self.kept: list[Node] = []
        """What was looked at, so that no other node gets its id."""

    @property
    def innermost(self) -> Bracket | None:
        return self.open[-1] if self.open else None

    def enter(self, bracket: Bracket) -> None:
        """Open one more."""
        if len(self.open) >= MAX_LEVELS:
            raise refused(self.text, bracket.at, f"more than {MAX_LEVELS} levels")
        self.open.append(bracket)

    def put_key(self, node: Node, began: int, pos: int) -> None:
        """Take what stands before a colon at `pos`, and begins at `began`, for a key."""
        bracket = self.open[-1]
        if bracket.items and not bracket.names:
            raise refused(self.text, pos, "a set has no keys")
        self.demand_key(bracket, node, began)
        bracket.names[":"] = node
        bracket.key = node

    def put(self, node: Node, began: int, pos: int) -> None:
        """Take a complete value that begins at `began` and ends before `pos`."""
        bracket = self.open[-1]
        if bracket.function:
            if bracket.keyword:
                bracket.names[bracket.keyword] = node
                bracket.keyword = ""
            elif bracket.names:
                said = "a value without a name stands behind one with a name"
                raise refused(self.text, pos, said)
            else:
                bracket.items.append(node)
        elif bracket.key is not None:
            bracket.items += [bracket.key, node]
            bracket.key = None
        elif bracket.names:
            raise refused(self.text, pos, "':' and a value are missing")
        else:
            if bracket.opener == "{":
                self.demand_key(bracket, node, began)
            elif self.gives_keys(bracket):
                self.places[id(node)] = began
            bracket.items.append(node)

    def gives_keys(self, bracket: Bracket) -> bool:
        """Whether what stands in a bracket becomes the members of a set, or the key of a pair."""
        above = [one.function for one in self.open[-3:-1]]
        if above and above[-1] in _SETS:
            return True
        return len(above) > 1 and above[0] == _PAIRS and not bracket.items

    def demand_key(self, bracket: Bracket, key: Node, at: int) -> None:
        """A key or member can be hashed, and is typed once: the bot would keep the last only."""
        obstacle = "" if isinstance(key, Atom) else self.hashing.obstacle(key)
        if obstacle:
            article = "an" if obstacle[:1].lower() in "aeio" else "a"
            said = f"{article} {obstacle} cannot be a key or a member of a set, nor be in one"
            raise refused(self.text, at, said)
        token = key_token(key)
        if token in bracket.taken:
            said = f"{spell(key, 60)} is there already, or something that the bot takes for equal"
            raise refused(self.text, at, said)
        bracket.taken.add(token)
        if not isinstance(key, Atom):
            self.kept.append(key)

    def close(self) -> tuple[Node, int]:
        """What the innermost bracket makes, and where that begins."""
        bracket = self.open.pop()
        return self.whole(bracket), bracket.at

    def whole(self, bracket: Bracket) -> Node:
        if bracket.function:
            return self.made(bracket)
        if bracket.opener == "[":
            return Seq("list", bracket.items)
        if bracket.opener == "(":
            if len(bracket.items) == 1 and not bracket.comma:
                return bracket.items[0]
            return Seq("tuple", bracket.items)
        if bracket.names or not bracket.items:
            return Map(bracket.items)
        return Seq("set", bracket.items)

    def made(self, bracket: Bracket) -> Node:
        """What a constructor makes of its arguments."""
        self.demand_known(bracket)
        try:
            node = CONSTRUCTORS[bracket.function](bracket.items, bracket.names)
        except (ValueError, OverflowError, TypeError) as error:
            message = f"{bracket.function}: {error}"
            raise refused(self.text, bracket.at, message) from None
        keys: list[Node] = []
        if isinstance(node, Seq) and bracket.function in _SETS:
            keys = node.items
        elif isinstance(node, Call) and bracket.function == _PAIRS:
            keys = node.entries[::2]
        bracket.taken.clear()
        for key in keys:
            self.demand_key(bracket, key, self.places.get(id(key), bracket.at))
        return node

    def demand_known(self, bracket: Bracket) -> None:
        """A time zone exists, and a path is one that the bot's system has."""
        if self.known is None:
            return
        given = bracket.names.get("zone") if bracket.function != "ZoneInfo" else None
        if bracket.function == "ZoneInfo" and bracket.items:
            given = bracket.items[0]
        name = text_of(given)
        if name is not None and name not in self.known and not zones.is_known(name):
            raise refused(self.text, bracket.at, f"{bracket.function}: {zones.refusal_of(name)}")
        if bracket.function == "WindowsPath" and bracket.function not in self.known:
            said = "WindowsPath: only a bot on Windows can read it; type PureWindowsPath instead"
            raise refused(self.text, bracket.at, said)
