"""Changes by a person: what may be changed, the new code, and the proof that nothing else changed.

Every edit ends in `finish`: the new program is read again and compared with the tree that was
intended, and goes through the gate of `safety`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from storage_core.exceptions import RefusedEdit
from storage_core.values import structure
from storage_core.values.closed import why_closed
from storage_core.values.compare import same
from storage_core.values.encode import encode
from storage_core.values.equality import key_token
from storage_core.values.known.arrays import keeping_element
from storage_core.values.literals import parse
from storage_core.values.loading import foreign_names, keys_of, repeated
from storage_core.values.names import text_of
from storage_core.values.narrowing import mean_the_same
from storage_core.values.notation import spell
from storage_core.values.paths import find_place, walk
from storage_core.values.plans import Plan, narrowed, refilling, replacement
from storage_core.values.proof import is_proved
from storage_core.values.reader import read_program
from storage_core.values.retyping import is_refilled, retyped
from storage_core.values.safety import check_programs, every_node, frozen
from storage_core.values.shape import FIELD, MEMBER, PAIRED, STATE, Part, Place, Shape
from storage_core.values.shapes import shape_of
from storage_core.values.splice import splice
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
from storage_core.values.typed import (
    demand_hashable,
    demand_map,
    demand_same_type,
    keeping_zone,
    part_for_item,
    part_for_key,
    typed_key,
)

__all__ = ["ACTIONS", "MAX_EDIT_BYTES", "Edit", "Editor", "create"]

MAX_EDIT_BYTES: Final = 4 * 1024 * 1024
ACTIONS: Final = ("change", "replace", "append", "insert", "add", "remove", "rename", "move")
_MUTABLE: Final = ("list", "set")
Read = Callable[[bytes], Program]
"""`read_program`, or one that remembers what it read."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change.

    `change` sets the value at `path` to `text`, keeping the type of a leaf; `replace` may change
    it. `append` and `insert` (before `index`) put `text` into the list or set at `path`; `add` puts
    it into a dict or object under `key`. `remove`, `rename` (to `key`) and `move` (to `index`) act
    on the place at `path` itself. `text` and `key` are typed notation; the key of an object's field
    may also be its bare name.
    """

    action: str
    path: str = ""
    text: str = ""
    key: str = ""
    index: int | None = None
    change_type: bool = False

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> "Edit":
        """From JSON. Raises RefusedEdit for what is no edit."""
        try:
            edit = cls(**fields)
        except TypeError:
            raise RefusedEdit("this is no edit that is known here") from None
        texts = (edit.action, edit.path, edit.text, edit.key)
        if not all(isinstance(text, str) for text in texts) or edit.action not in ACTIONS:
            raise RefusedEdit("this is no edit that is known here")
        if edit.index is not None and type(edit.index) is not int:
            raise RefusedEdit("a place in a list is a whole number")
        return edit


def create(text: str) -> bytes:
    """A new value from typed notation, as a pickle of protocol 4. Raises RefusedEdit."""
    return fresh(parse(text))


def fresh(node: Node, before: Program | None = None, read: Read = read_program) -> bytes:
    """A new value from a tree of typed content, read back and compared.

    `before` is the value in whose place it comes.
    """
    data = encode(node)
    program = read(data)
    if program.root is None or program.error or not same(node, program.root):
        raise RefusedEdit("this value cannot be written as it was typed")
    check_programs(before, program)
    return data


class Editor:
    """Edits of one program. It is not changed: every edit gives new bytes."""

    def __init__(
        self, program: Program, foreign: str | None = None, read: Read = read_program
    ) -> None:
        """`foreign` says what the bytes are, if they are no pickle. `read` reads what was made."""
        self.program = program
        self.foreign = foreign
        self.read = read
        self._frozen: dict[int, str] | None = None
        self._shared: set[int] | None = None
        self._keyed: set[int] | None = None

    @property
    def refusal(self) -> str | None:
        """Why no part of the value can be edited; None if parts of it can."""
        program = self.program
        if self.foreign is not None:
            return f"it is {self.foreign}"
        if program.root is None or program.error:
            return f"it could not be read to its end: {program.error}"
        if program.odd:
            return f"it has {program.odd[0]}"
        if len(program.data) > MAX_EDIT_BYTES:
            return f"it is larger than {MAX_EDIT_BYTES // 1024 // 1024} MiB"
        return None

    @property
    def frozen(self) -> dict[int, str]:
        if self._frozen is None:
            self._frozen = frozen(self.program)
        return self._frozen

    @property
    def shared(self) -> set[int]:
        """The ids of nodes that are used in more than one place."""
        if self._shared is None:
            self._shared = {id(node.target) for node in self.program.gets}
        return self._shared

    @property
    def keyed(self) -> set[int]:
        """The ids of containers that are keys or members of sets, and of all that is in them."""
        if self._keyed is None:
            work: list[Node] = []
            for node in every_node(self.program):
                if isinstance(node, Map):
                    work += node.items[::2]
                elif isinstance(node, Seq) and node.kind in ("set", "frozenset"):
                    work += node.items
                elif isinstance(node, Call):
                    work += [*node.entries[::2], *node.members]
            self._keyed = set()
            while work:
                node = resolve(work.pop())
                if not isinstance(node, Atom) and id(node) not in self._keyed:
                    self._keyed.add(id(node))
                    work += children(node)
        return self._keyed

    @property
    def known(self) -> frozenset[str]:
        """Names that the bot is known to read, though they may be unknown here."""
        return foreign_names(self.program) if self.foreign is None else frozenset()

    def refusal_of(self, place: Place | None) -> str | None:
        """Why the value at a place cannot be replaced; None if it can."""
        if self.refusal is not None or place is None:
            return self.refusal
        owner = place.part.owner
        reason = self.frozen.get(id(owner))
        if reason is None and isinstance(owner, Call) and self.frozen.get(id(place.node)):
            reason = self.frozen[id(place.node)]
        if reason is None and isinstance(owner, Call) and place.part.style == STATE:
            reason = why_closed(owner, place.node)
        if reason is not None:
            return f"it cannot be changed here: {reason}"
        if not structure.is_held(place.part):
            return "it cannot be changed here: it is not written as part of a container"
        return None

    def refusal_inside(self, node: Node) -> str | None:
        """Why children of a container cannot be added, removed or reordered; None if they can."""
        if self.refusal is not None:
            return self.refusal
        reason = self.frozen.get(id(resolve(node)))
        return None if reason is None else f"it cannot be changed here: {reason}"

    def apply(self, edit: Edit) -> bytes:
        """The bytes after one edit. Raises RefusedEdit; identical bytes if nothing changes."""
        if edit.action in ("change", "replace"):
            may_change = edit.change_type or edit.action == "replace"
            return self.change(edit.path, self._typed(edit), change_type=may_change)
        self._demand(self.refusal)
        on_place = edit.action in ("remove", "rename", "move")
        part, plan = self._on_place(edit) if on_place else self._into(edit)
        return self.finish(plan, is_hashed=self._is_hashed(part))

    def _typed(self, edit: Edit) -> Node:
        if self.refusal is not None or self.program.root is None:
            return parse(edit.text, self.known)
        return retyped(walk(self._root, edit.path)[0], edit.text, self.known)

    def change(self, path: str, new: Node, *, change_type: bool) -> bytes:
        """Replace the value at `path` by a typed tree."""
        program = self.program
        if path == "" and (self.refusal is not None or program.root is None):
            if not change_type:
                raise RefusedEdit(
                    f"{self.refusal}; it can only be replaced whole, by something of another kind: "
                    "confirm that the type is to change"
                )
            return fresh(new, read=self.read)
        self._demand(self.refusal)
        old, place = walk(self._root, path)
        self._demand(self.refusal_of(place))
        new = keeping_element(old, keeping_zone(old, new))
        if place is not None:
            demand_map(place.part, new)
        if mean_the_same(old, new):
            return program.data
        if not change_type:
            demand_same_type(old, new)
        is_hashed = place is not None and self._is_hashed(place.part)
        if is_hashed:
            demand_hashable(new)
        if is_refilled(old, new):
            return self.finish(refilling(old, new), is_hashed=is_hashed)
        if place is None:
            holder = [old]
            smallest = narrowed(program, holder, 0, new, self.shared)
            if smallest is None:
                return fresh(new, program, self.read)
            return self.finish(smallest)
        smallest = narrowed(program, place.part.nodes, place.position, new, self.shared)
        plan = smallest or replacement(program, place.part.nodes, place.position, new)
        return self.finish(plan, is_hashed=is_hashed)

    @property
    def _root(self) -> Node:
        if self.program.root is None:
            raise RefusedEdit("there is no value")
        return self.program.root

    @staticmethod
    def _demand(refusal: str | None) -> None:
        if refusal is not None:
            raise RefusedEdit(refusal[:1].upper() + refusal[1:])

    def _is_hashed(self, part: Part) -> bool:
        """Whether a part has members of a set, or is in a key or member: what is in it must stay
        something that cannot change, and other than all others. Dicts and lists are never in one.
        """
        if part.style == MEMBER:
            return True
        owner = part.owner
        mutable = isinstance(owner, Map) or (isinstance(owner, Seq) and owner.kind in _MUTABLE)
        return not mutable and id(owner) in self.keyed

    def told_apart(self, edit: Edit) -> Sequence[Node]:
        """The keys or members from which an edit's new key or member has to differ, and that which
        it replaces. Raises RefusedEdit if nothing is at its path, or it takes none.
        """
        node, place = walk(self._root, edit.path)
        if edit.action in ("add", "append", "insert"):
            if isinstance(resolve(node), Masked):
                return [node]
            shape = shape_of(resolve(node))
            return _differing(part_for_key(shape) if edit.action == "add" else part_for_item(shape))
        if place is None or edit.action not in ("change", "replace", "rename"):
            return ()
        if edit.action == "rename" or place.part.style == MEMBER:
            return _differing(place.part)
        if self._is_hashed(place.part):  # it is in a key or member, wherever that is
            program = self.program
            return [key for each in (*program.tables, *program.calls) for key in keys_of(each)]
        return ()

    def _on_place(self, edit: Edit) -> tuple[Part, Plan]:
        _, place = walk(self._root, edit.path)
        if place is None:
            raise RefusedEdit(
                "the whole value can be replaced or deleted, but not moved or renamed"
            )
        self._demand(self.refusal_of(place))
        self._demand(self.refusal_inside(place.part.owner))
        part = place.part
        if edit.action == "rename":
            return part, self._rename(place, edit.key)
        if edit.action == "remove":
            self._demand(structure.refusal_of_count(part))
            return part, Plan(*structure.remove(self.program, part, place.index))
        if edit.index is None or not 0 <= edit.index < part.count:
            raise RefusedEdit(f"the new place is a number from 0 to {part.count - 1}")
        if part.style == MEMBER:
            raise RefusedEdit("a set has no order")
        return part, Plan(*structure.move(self.program, part, place.index, edit.index))

    def _rename(self, place: Place, text: str) -> Plan:
        part = place.part
        self._demand(structure.refusal_of_count(part))
        if part.style not in PAIRED:
            raise RefusedEdit("this place has a position, not a name")
        key = typed_key(part, text, self.known)
        taken = {
            key_token(other) for other in part.nodes[part.first :: 2] if other is not place.key
        }
        if key_token(key) in taken:
            raise RefusedEdit(f"there is another {spell(key, 100)} already")
        return replacement(self.program, part.nodes, place.position - 1, key)

    @staticmethod
    def _is_taken(shape: Shape, part: Part, key: Node) -> bool:
        """Whether a field has this name, or an entry a key that the bot takes for equal."""
        if part.style == FIELD:
            return find_place(shape, ".", text_of(key) or "") is not None
        return key_token(key) in map(key_token, part.nodes[part.first :: 2])

    def _into(self, edit: Edit) -> tuple[Part, Plan]:
        node, _ = walk(self._root, edit.path)
        node = resolve(node)
        shape = shape_of(node)
        new = parse(edit.text, self.known)
        if edit.action == "add":
            part = part_for_key(shape)
            key = typed_key(part, edit.key, self.known)
            if self._is_taken(shape, part, key):
                raise RefusedEdit(f"there is another {spell(key, 100)} already")
            units = [key, new]
        else:
            part = part_for_item(shape)
            units = [new]
            if part.style == MEMBER and key_token(new) in map(key_token, part.nodes):
                raise RefusedEdit("this is in the set already")
        if self._is_hashed(part):
            demand_hashable(new)
        self._demand(self.refusal_inside(part.owner))
        self._demand(structure.refusal_of_count(part))
        index = part.count if edit.action != "insert" else edit.index
        if index is None or not 0 <= index <= part.count:
            raise RefusedEdit(f"the new place is a number from 0 to {part.count}")
        return part, Plan(*structure.insert(self.program, part, index, units))

    def finish(self, plan: Plan, *, is_hashed: bool = False) -> bytes:
        """Make the changes, read the result, and prove that it is what was intended.

        `is_hashed` says that what is changed is a key, the member of a set, or part of one.
        """
        program = self.program
        data = splice(program, plan.changes)
        result = self.read(data)
        if (
            result.error
            or result.root is None
            or not (
                is_proved(program, result, plan.changes, plan.swaps)
                or same(self._root, result.root, tuple(plan.swaps))
            )
        ):
            raise RefusedEdit(
                "this change cannot be made without touching other parts of the value; "
                "nothing was changed"
            )
        check_programs(program, result)
        if is_hashed and repeated(result) > repeated(program):
            raise RefusedEdit(
                "the bot would take this for another key or member that is there already, and keep "
                "only one of them"
            )
        return data


def _differing(part: Part) -> Sequence[Node]:
    """What has to be different in a part of a container: its keys or members, if it has any."""
    if part.style in PAIRED:
        return part.nodes[part.first :: 2]
    return part.nodes if part.style == MEMBER else ()
