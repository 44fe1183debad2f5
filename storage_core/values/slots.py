"""Places in a tree that can be filled with another node, and the way down to each."""

from collections.abc import Container, Iterator
from typing import NamedTuple

from storage_core.values.shape import PAIRED, Part, Shape
from storage_core.values.shapes import shape_of
from storage_core.values.structure import is_held
from storage_core.values.tree import Atom, Map, Masked, Node, Reference, Seq, resolve

__all__ = ["Child", "Slot", "all_of", "children_of", "uses"]


class Slot(NamedTuple):
    """A place in the tree that can be filled with another node.

    `instead` is the place of the container, where the child's own place is none that can be filled.
    """

    nodes: list[Node]
    position: int
    above: "Slot | None" = None
    instead: "Slot | None" = None

    @property
    def node(self) -> Node:
        return self.nodes[self.position]


class Child(NamedTuple):
    """A place in a container: in which part of it, and where there."""

    slot: Slot
    part: Part
    number: int


def all_of(nodes: list[Node]) -> list[Slot]:
    """The places of some nodes that nothing holds."""
    return [Slot(nodes, position) for position in range(len(nodes))]


def children_of(slot: Slot, shape: Shape) -> Iterator[Child]:
    """The places of all children of what stands in a place."""
    for part in shape.parts:
        instead = None if is_held(part) else slot
        width = 2 if part.style in PAIRED else 1
        last = range(part.first + width - 1, part.first + part.count * width, width)
        for number, position in enumerate(last):
            yield Child(Slot(part.nodes, position, slot, instead), part, number)


def uses(slots: list[Slot], wanted: Container[int]) -> list[Slot]:
    """All places, at or below some, of the things whose ids are wanted. Not below masks."""
    found: list[Slot] = []
    seen: set[int] = set()
    work = slots
    while work:
        slot = work.pop()
        plain = resolve(slot.node)
        if isinstance(plain, Masked) or id(plain) in seen:
            continue
        seen.add(id(plain))
        if isinstance(plain, (Map, Seq)):
            nodes = plain.items
            first, step = (1, 2) if isinstance(plain, Map) else (0, 1)
            for position in range(first, len(nodes), step):
                node = nodes[position]
                inner = node.target if type(node) is Reference else node
                if id(inner) in wanted:
                    found.append(Slot(nodes, position, slot))
                if type(inner) is not Atom:
                    work.append(Slot(nodes, position, slot))
            continue
        for child in children_of(slot, shape_of(plain)):
            inner = resolve(child.slot.node)
            if id(inner) in wanted:
                found.append(child.slot)
            if type(inner) is not Atom:
                work.append(child.slot)
    return found
