"""A change of one value, made in another that came from the same one."""

from collections.abc import Callable
from functools import cached_property
from typing import Final

from storage_core.exceptions import RefusedEdit
from storage_core.values.diff import Found
from storage_core.values.edit import Edit, Editor
from storage_core.values.meaning import Meanings
from storage_core.values.notation import spell
from storage_core.values.paths import walk
from storage_core.values.placing import Placing, Steps, is_inserted
from storage_core.values.shape import MEMBER
from storage_core.values.shapes import shape_of
from storage_core.values.tree import Node, Program
from storage_core.values.whole_text import is_typeable

__all__ = ["Transplant"]

_TYPED: Final = 1024 * 1024
_NONE: Final = Node()


class Transplant:
    """Makes changes that were found in one value in another one."""

    def __init__(
        self, source: Callable[[], Node], placing: Placing, read: Callable[[bytes], Program]
    ) -> None:
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

    def apply(self, data: bytes, change: Found) -> bytes:
        """The bytes with one change more, in the order of `order_of`. Raises RefusedEdit."""
        editor = Editor(self.read(data), read=self.read)
        return editor.apply(self._edit(change, editor.program))

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
