"""Where in the code of a value something may be secret: only what leads there has to be looked at.

A secret name or token holds letters of a rule, and a text stands in a pickle as it is. So a dict
in whose code there are no such letters, and nothing taken from the memo that has them, holds no
secret. It is what a quick look says of the whole value, said of each part.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from operator import attrgetter
from typing import Final

from storage_core.values.masking import FOLDS, Masking
from storage_core.values.tokens import FORMATS, letters_of, narrowed
from storage_core.values.tree import Atom, Call, Global, Node, Program, resolve

__all__ = ["Clues", "clues_in"]

_MOST: Final = 100_000
"""Clues of which a list is made. Where there are more, looking at everything costs no more."""
_RUN: Final = 512
"""Nodes that are looked at at once."""
_CLEAR: Final = frozenset(
    (*(f"datetime.{name}" for name in ("datetime", "date", "time", "timedelta")), "decimal.Decimal")
)
_PLAIN: Final = re.compile(r"[A-Za-z0-9_ .-]{1,100}")
"""A text that is a name, or a part of one, and holds no other."""
_START: Final = attrgetter("start")


class Clues:
    """The positions in a program's code of all that may be secret, or leads to it."""

    def __init__(
        self,
        program: Program,
        places: list[int],
        unclear: Sequence[Node],
        may_matter: Callable[[str], bool],
    ) -> None:
        """`places` are those of letters, `unclear` is what only a close look tells. Whether a text
        with such letters has to be looked at in all of its places is what `may_matter` says."""
        self.places = sorted([*places, *[node.start for node in unclear]])
        self.again: set[Node] = set()
        """All that the program takes from its memo."""
        self._follow(program, set(unclear), may_matter)

    def _follow(
        self, program: Program, leading: set[Node], may_matter: Callable[[str], bool]
    ) -> None:
        """Add where something is taken from the memo that leads to a clue."""
        own, taken = self.places, list[int]()
        clueless: set[Node] = set()
        # In the order of the code: what a thing leads to is known before it is taken.
        for get in program.gets:
            target = get.target
            if target in clueless:
                continue
            if target not in leading:
                # Of a thing that is taken before it is complete nothing is known yet.
                if target.end <= get.start and not (
                    _is_any_in(own, target) or _is_any_in(taken, target)
                ):  # fmt: skip
                    clueless.add(target)
                    continue
                value = target.value if type(target) is Atom else None
                if type(value) is str and not may_matter(value):  # `author`, for its `auth`
                    clueless.add(target)
                    continue
                leading.add(target)
            self.again.add(target)
            taken.append(get.start)
        self.places = sorted([*own, *taken]) if taken else own
        self.again |= clueless

    def are_in(self, node: Node) -> bool:
        """Whether there are any in a dict, list, tuple or set, or in what it leads to."""
        return _is_any_in(self.places, node)

    def runs(self, nodes: Sequence[Node], width: int) -> Iterator[tuple[int, int]]:
        """From where to where in a container's nodes there are clues, in order and in runs that are
        not too long; `width` of the nodes are an entry."""
        places = self.places
        number, end = bisect_left(places, nodes[0].start), bisect_left(places, nodes[-1].end)
        first = last = 0
        while number < end:
            behind = last + width
            if behind < len(nodes) and places[number] >= nodes[behind].start:
                found = bisect_right(nodes, places[number], lo=behind, key=_START) - 1
                found -= found % width
            else:
                found = last
            if found > last or last - first >= _RUN:
                if last > first:
                    yield first, last
                first = found
            last = found + width
            if last >= len(nodes):
                break
            number = bisect_left(places, nodes[last].start, lo=number)
        if last > first:
            yield first, last


def clues_in(
    program: Program, masking: Masking, *, names: bool, kinds: Sequence[int]
) -> Clues | None:
    """The clues in a whole pickle, all of whose texts stand in it as they are; None where there are
    too many, or where code does not tell what is in what.

    `names` says whether there can be any secret names, `kinds` which kinds of tokens.
    """
    if program.error is not None or program.filled_late:
        return None
    made = (*program.calls, *program.globals, *program.opaques)
    unclear = [node for node in made if not _is_clear(node)]
    if len(unclear) >= _MOST:
        return None
    places: list[int] = []
    data = program.data
    heads = {head for kind in kinds for head in FORMATS[kind].heads}
    if not _find(data, {head.encode("ascii") for head in heads}, places):
        return None
    if names:
        words = masking.beginnings
        if words is None:
            return None
        places += [found.start() for found in islice(FOLDS.finditer(data), _MOST)]
        letters = letters_of(data, lowered=True)
        if not _find(data.lower(), {word for word in words if word in letters}, places):
            return None

    def may_matter(text: str) -> bool:
        is_plain = _PLAIN.fullmatch(text) and not any(head in text for head in heads)
        return not is_plain or (names and masking.may_be_in_name(text))

    return Clues(program, places, unclear, may_matter)


def _is_clear(node: Node) -> bool:
    """Whether all that is told of something that is called or imported is in its own code: it is a
    point in time or the like."""
    if type(node) is Global:
        return node.dotted in _CLEAR
    if type(node) is not Call or node.how != "call" or node.kwargs is not None:
        return False
    if node.states or node.items or node.entries or node.members:
        return False
    callee = resolve(node.callee)
    return type(callee) is Global and callee.dotted in _CLEAR


def _find(data: bytes, words: set[bytes], places: list[int]) -> bool:
    """Add where words stand; False if there are too many, or any with zeros between its letters."""
    narrow = narrowed(data)
    for word in words:
        found = _places_of(word, data)
        places += found
        if len(places) >= _MOST or (
            narrow is not data and len(_places_of(word, narrow)) != len(found)
        ):
            return False
    return True


def _places_of(word: bytes, data: bytes) -> list[int]:
    """Where a word stands, at most _MOST of them."""
    found: list[int] = []
    at = data.find(word)
    while at >= 0 and len(found) < _MOST:
        found.append(at)
        at = data.find(word, at + 1)
    return found


def _is_any_in(places: list[int], node: Node) -> bool:
    number = bisect_left(places, node.start)
    return number < len(places) and places[number] < node.end
