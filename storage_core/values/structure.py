"""Adding, removing and moving children: which opcodes attach a child, and where they stand.

A container is filled by single opcodes (`item APPEND`), by batches (`MARK item item … APPENDS`),
or, as tuples are, by one opcode that counts. Each function gives the changes in the code and the
swap in the tree.
"""

from collections.abc import Sequence
from typing import Final

from storage_core.exceptions import RefusedEdit
from storage_core.values import opcodes as op
from storage_core.values.compare import Swap
from storage_core.values.encode import Piece, code
from storage_core.values.shape import PAIRED, Part
from storage_core.values.splice import Change
from storage_core.values.tree import Batch, Call, Map, Node, Program, Seq

__all__ = ["insert", "is_held", "move", "refusal_of_count", "remove"]

Result = tuple[list[Change], list[Swap]]
_SINGLE: Final = frozenset((op.APPEND, op.SETITEM))
_CLOSING: Final = frozenset((op.LIST, op.DICT, op.FROZENSET, op.TUPLE))
_COUNTED: Final = {0: op.EMPTY_TUPLE, 1: op.TUPLE1, 2: op.TUPLE2, 3: op.TUPLE3}
_ROLES: Final = {
    op.APPEND: "items",
    op.APPENDS: "items",
    op.LIST: "items",
    op.SETITEM: "entries",
    op.SETITEMS: "entries",
    op.DICT: "entries",
    op.ADDITEMS: "members",
}


def is_held(part: Part) -> bool:
    """Whether `part.nodes` is a list of the tree itself, so that an edit can reach it."""
    owner, nodes = part.owner, part.nodes
    if isinstance(owner, (Seq, Map)):
        return owner.items is nodes
    if isinstance(owner, Call):
        held = (owner.items, owner.entries, owner.members, owner.states)
        return any(one is nodes for one in held)
    return False


def refusal_of_count(part: Part) -> str | None:
    """Why children can be changed but neither added nor removed; None if they can."""
    owner = part.owner
    if part.first or part.names or part.fixed:
        return "it has a fixed number of parts"
    if isinstance(owner, Seq) and owner.op < 0:
        return "it is written in an old form that takes no more and no less"
    if isinstance(owner, Call) and owner.states is part.nodes:
        return "it has a fixed number of parts"
    return None


def insert(program: Program, part: Part, index: int, units: Sequence[Node]) -> Result:
    """Put a new child (with its key in front, where it has one) before the child at `index`."""
    pieces = [piece for unit in units for piece in code(unit)]
    width = len(units)
    position = part.first + index * width
    wanted = [*part.nodes[:position], *units, *part.nodes[position:]]
    changes = _insertion(program, part, position, pieces)
    if _is_counted(program, part.owner):
        changes = _marked(part, changes, len(wanted))
    return changes, [(part.nodes, wanted)]


def remove(program: Program, part: Part, index: int) -> Result:
    """Take out the child at `index`, with its key."""
    width = 2 if part.style in PAIRED else 1
    position = part.first + index * width
    wanted = [*part.nodes[:position], *part.nodes[position + width :]]
    changes = _removal(program, part, position, width, depth=width)
    if _is_counted(program, part.owner):
        owner = _seq(part)
        changes.append(Change(owner.op, owner.op + 1, [bytes((_COUNTED[len(wanted)],))], 0))
    return changes, [(part.nodes, wanted)]


def move(program: Program, part: Part, index: int, target: int) -> Result:
    """Put the child at `index` where the child at `target` is."""
    width = 2 if part.style in PAIRED else 1
    position = part.first + index * width
    units = part.nodes[position : position + width]
    rest = [*part.nodes[:position], *part.nodes[position + width :]]
    goal = part.first + target * width
    wanted = [*rest[:goal], *units, *rest[goal:]]
    if index == target:
        return [], [(part.nodes, wanted)]
    before = goal if target < index else goal + width
    changes = _removal(program, part, position, width, depth=0)
    changes += _insertion(program, part, before, [range(units[0].start, units[-1].end)])
    return changes, [(part.nodes, wanted)]


def _is_counted(program: Program, owner: Node) -> bool:
    """Whether it is a tuple whose opcode says how many items it takes."""
    return isinstance(owner, Seq) and owner.kind == "tuple" and program.data[owner.op] != op.TUPLE


def _seq(part: Part) -> Seq:
    if not isinstance(part.owner, Seq):
        raise TypeError(type(part.owner))
    return part.owner


def _marked(part: Part, changes: list[Change], length: int) -> list[Change]:
    """Write a tuple that counts its items with MARK and TUPLE, which take any number."""
    owner = _seq(part)
    start = owner.items[0].start if owner.items else owner.op
    counted = length <= 3
    opcode = _COUNTED[length] if counted else op.TUPLE
    mark = [] if counted else [Change(start, start, [bytes((op.MARK,))], 0)]
    return [*mark, *changes, Change(owner.op, owner.op + 1, [bytes((opcode,))], 0)]


def _batches(program: Program, part: Part) -> list[Batch]:
    """The batches that filled `part.nodes`, in order."""
    owner = part.owner
    if isinstance(owner, Seq) and owner.kind in ("tuple", "frozenset"):
        return [Batch(owner.start, owner.op, 0)]
    if not isinstance(owner, (Seq, Map, Call)) or owner.batches is None:
        return []
    if not isinstance(owner, Call):
        return owner.batches
    role = next(r for r in ("items", "entries", "members") if getattr(owner, r) is part.nodes)
    return [batch for batch in owner.batches if _ROLES[program.data[batch.op]] == role]


def _insertion(
    program: Program, part: Part, position: int, pieces: Sequence[Piece]
) -> list[Change]:
    nodes = part.nodes
    batches = _batches(program, part)
    if not batches:
        return [_first_child(part, pieces)]
    if position < len(nodes):
        batch = [one for one in batches if one.first <= position][-1]
        at = nodes[position].start
        opcode = program.data[batch.op]
        tail = [bytes((opcode,))] if opcode in _SINGLE else []
        return [Change(at, at, [*pieces, *tail], 0)]
    batch = batches[-1]
    opcode = program.data[batch.op]
    if opcode in _SINGLE:
        return [Change(batch.op + 1, batch.op + 1, [*pieces, bytes((opcode,))], 0)]
    at = nodes[-1].end if len(nodes) > batch.first else batch.op
    return [Change(at, at, pieces, 0)]


def _first_child(part: Part, pieces: Sequence[Piece]) -> Change:
    """The first child of an empty container: behind it, but before a state is handed over."""
    owner = part.owner
    at = owner.end
    if isinstance(owner, Call) and owner.states:
        at = owner.states[0].start
    if part.style in PAIRED:
        return Change(at, at, [*pieces, bytes((op.SETITEM,))], 0)
    if isinstance(owner, Seq) and owner.kind == "set":
        return Change(at, at, [bytes((op.MARK,)), *pieces, bytes((op.ADDITEMS,))], 0)
    if isinstance(owner, Call) and part.nodes is owner.members:
        return Change(at, at, [bytes((op.MARK,)), *pieces, bytes((op.ADDITEMS,))], 0)
    return Change(at, at, [*pieces, bytes((op.APPEND,))], 0)


def _removal(program: Program, part: Part, position: int, width: int, depth: int) -> list[Change]:
    nodes = part.nodes
    last = nodes[position + width - 1]
    changes = [Change(nodes[position].start, last.end, (), depth)]
    batches = _batches(program, part)
    if not batches:
        raise RefusedEdit("this cannot be taken out of the value without the rest")
    number = max(i for i, one in enumerate(batches) if one.first <= position)
    batch = batches[number]
    following = batches[number + 1].first if number + 1 < len(batches) else len(nodes)
    opcode = program.data[batch.op]
    if opcode in _SINGLE:
        changes.append(Change(batch.op, batch.op + 1, (), 0))
    elif (
        following - batch.first == width
        and opcode not in _CLOSING
        and not _is_counted(program, part.owner)
    ):
        changes.append(Change(batch.start, batch.start + 1, (), 0))
        changes.append(Change(batch.op, batch.op + 1, (), 0))
    return changes
