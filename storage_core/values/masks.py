"""The masks that are put into one tree, and what they hide: see `concealing`."""

from collections.abc import Set
from operator import attrgetter
from typing import Final

from storage_core.values.judging import TELLING
from storage_core.values.masking import BY_NAME
from storage_core.values.notation_text import atom_kind
from storage_core.values.shapes import shape_of
from storage_core.values.slots import Slot, all_of, uses
from storage_core.values.tree import (
    Atom,
    Call,
    Map,
    Masked,
    Node,
    Program,
    Seq,
    children,
    resolve,
)

__all__ = ["TEXTS", "Masks"]

TEXTS: Final = (str, bytes, bytearray)
BY_SHARING: Final = "the same is stored where the name says secret"
_TARGET: Final = attrgetter("target")


class Masks:
    """Masks in places, each with the reason."""

    def __init__(self) -> None:
        self.count = 0
        self.holders: set[int] = set()
        """The ids of containers with something masked in them."""
        self.masked: list[Masked] = []
        self.secret: set[int] = set()
        """The ids of things that are secret in one of their places."""

    def put(self, slot: Slot, why: str) -> None:
        """Put a mask in a place, or in that of the container where it must go as a whole."""
        while slot.instead is not None:
            slot = slot.instead
        inner = slot.node
        if isinstance(inner, Masked):
            return
        plain = resolve(inner)
        if type(plain) is Atom:
            masked = Masked(inner, atom_kind(plain.value), why, typeable=True)
        else:
            shape = shape_of(inner)
            masked = Masked(inner, shape.kind, why, typeable=shape.typeable)
        slot.nodes[slot.position] = masked
        self.masked.append(masked)
        self.count += 1
        above = slot.above
        while above is not None and id(resolve(above.node)) not in self.holders:
            self.holders.add(id(resolve(above.node)))
            above = above.above

    def put_named(self, slot: Slot) -> None:
        """Mask what stands under a secret name, and remember it for its other places."""
        top = resolve(slot.node)
        if _is_telling(top) and (type(top) is Atom or not _is_above(top, slot)):
            self.secret.add(id(top))
        work, met = ([] if type(top) is Atom else [top]), set[int]()
        while work:
            plain = resolve(work.pop())
            if type(plain) is Atom:
                if _is_telling(plain):
                    self.secret.add(id(plain))
            elif id(plain) not in met:
                met.add(id(plain))
                work.extend(plain.items[1::2] if isinstance(plain, Map) else children(plain))
        self.put(slot, BY_NAME)

    def put_on_the_same(
        self, program: Program, shown: list[Node], again: Set[Node] | None = None
    ) -> None:
        """Mask what is secret in one place wherever else it stands. `again` is all that the program
        takes from its memo, if that is known already.

        Then every container that holds something masked is known as such in all of its places.
        """
        if not self.holders:
            return
        if again is None:
            again = set(map(_TARGET, program.gets))
        self.secret &= set(map(id, again))
        shared = {id(node) for node in again if type(node) is not Atom}
        if not self.secret and self.holders.isdisjoint(shared):
            return
        places = uses([Slot(shown, 0), *all_of(program.hidden)], self.secret | shared)
        for slot in places:
            if id(resolve(slot.node)) in self.secret:
                self.put(slot, BY_SHARING)
        is_news = True
        while is_news:
            before = len(self.holders)
            for slot in places:
                above: Slot | None = slot
                while above is not None and id(resolve(slot.node)) in self.holders:
                    self.holders.add(id(resolve(above.node)))
                    above = above.above
            is_news = len(self.holders) > before

    def forget(self, program: Program) -> None:
        """Leave nothing in the program that leads to what is masked."""
        if not self.masked:
            return
        program.memo = {}
        inside: set[int] = set()
        work: list[Node] = [one.inner for one in self.masked]
        while work:
            plain = resolve(work.pop())
            if isinstance(plain, Masked):
                plain = plain.inner
            if type(plain) is not Atom and id(plain) not in inside:
                inside.add(id(plain))
                work.extend(children(plain))
        program.calls = [one for one in program.calls if id(one) not in inside]
        program.opaques = [one for one in program.opaques if id(one) not in inside]
        program.tables = [one for one in program.tables if id(one) not in inside]


def _is_telling(plain: Node) -> bool:
    """Whether a thing is so much of its own that it tells something wherever it stands."""
    if isinstance(plain, Atom):
        return isinstance(plain.value, TEXTS) and len(plain.value) >= TELLING
    return isinstance(plain, (Seq, Map, Call))


def _is_above(plain: Node, slot: Slot) -> bool:
    above = slot.above
    while above is not None:
        if resolve(above.node) is plain:
            return True
        above = above.above
    return False
