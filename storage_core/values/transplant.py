"""A change of one value, made in another that came from the same one."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Final

from storage_core.exceptions import RefusedEdit
from storage_core.values.diff import Found
from storage_core.values.edit import Edit, Editor, Read
from storage_core.values.gathering import Gathering
from storage_core.values.meaning import Meanings
from storage_core.values.notation import spell
from storage_core.values.paths import walk
from storage_core.values.placing import Placing, Steps, is_inserted
from storage_core.values.reader import read_program
from storage_core.values.shape import MEMBER
from storage_core.values.shapes import shape_of
from storage_core.values.tree import Node, Program
from storage_core.values.whole_text import is_typeable

__all__ = ["NotMade", "Transplant"]

_TYPED: Final = 1024 * 1024
_NONE: Final = Node()


class NotMade(RefusedEdit):
    """A change that cannot be made there."""

    def __init__(self, change: Found, why: str) -> None:
        super().__init__(why)
        self.change = change


class _Latest:
    """Reads programs; it has the one that was read last."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.read: Read = read_program

    def __call__(self, data: bytes) -> Program:
        self.program = self.read(data)
        return self.program


class Transplant:
    """Makes changes that were found in one value in another one."""

    def __init__(self, source: Callable[[], Node], placing: Placing, read: Read) -> None:
        """`source` gives the value with the changes, with nothing masked in it: what is put in is
        taken from there. `placing` leads from the old value to the one that is to have them.
        `read` gives the programs of that one, and of what is made of it.
        """
        self._source = source
        self.placing = placing
        self.read = read

    @cached_property
    def source(self) -> Node:
        return self._source()

    def apply(self, data: bytes, changes: Sequence[Found]) -> bytes:
        """The bytes with all changes, which are in the order of `order_of`.

        They are made at once, and proved once, where none is beside or within another. Raises
        NotMade.
        """
        program = self.read(data)
        together = self._at_once(program, changes) if len(changes) > 1 else None
        return self._one_by_one(program, changes) if together is None else together

    def _at_once(self, program: Program, changes: Sequence[Found]) -> bytes | None:
        """The bytes with all changes; None if they cannot all be made at once."""
        gathering = Gathering(program, read=self.read)
        try:
            for change in changes:
                if gathering.apply(self._edit(change, program)) != program.data:
                    return None
            return gathering.made()
        except RefusedEdit:
            return None

    def _one_by_one(self, program: Program, changes: Sequence[Found]) -> bytes:
        """The bytes with all changes. What is only on the way there is not kept."""
        latest = _Latest(program)
        for number, change in enumerate(changes, 1):
            latest.read = self.read if number == len(changes) else read_program
            editor = Editor(latest.program, read=latest)
            try:
                data = editor.apply(self._edit(change, editor.program))
            except RefusedEdit as refusal:
                raise NotMade(change, str(refusal)) from refusal
            if data != latest.program.data:
                latest(data)
        return latest.program.data

    def _edit(self, change: Found, program: Program) -> Edit:
        container = self._path(change.container)
        if change.kind == "removed" and change.style == MEMBER and change.old is not None:
            return Edit("remove", _member_path(program, container, change.old))
        if change.kind == "removed":
            return Edit("remove", self._path(change.steps))
        if change.new is None or change.kind == "reordered":
            raise RefusedEdit("a new order cannot be merged")
        return self._put(change, container)

    def _put(self, change: Found, container: str) -> Edit:
        """The edit that puts in what my value has at the place of a change."""
        new, place = walk(self.source, change.path)
        typed_as = shape_of(new).typed_as
        if typed_as is not None and change.kind == "changed":
            return Edit("change", self._path(change.steps), typed_as)
        if not is_typeable(new, _TYPED):
            raise RefusedEdit("what was put in cannot be typed")
        text = spell(new, _TYPED)
        if change.kind == "changed":
            return Edit("replace", self._path(change.steps), text)
        if change.style == MEMBER:
            return Edit("append", container, text)
        if is_inserted(change):
            index, _ = self.placing.gap(change.container, change.index)
            return Edit("insert", container, text, index=index)
        if place is None or place.key is None:
            raise RefusedEdit("what was put in has no key")
        return Edit("add", container, text, spell(place.key, _TYPED))

    def _path(self, steps: Steps) -> str:
        there = self.placing.of(steps)
        if there is None:
            raise RefusedEdit("the item that was changed is gone")
        return "".join(there)


def _member_path(program: Program, container: str, member: Node) -> str:
    """Where in their set a member stands."""
    meanings = Meanings()
    node, _ = walk(program.root or _NONE, container)
    for number, place in shape_of(node).places():
        if meanings.of(place.node) == meanings.of(member):
            return f"{container}{{{number}}}"
    raise RefusedEdit("the member of the set is gone")
