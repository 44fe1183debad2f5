"""`read`, and the value that it gives."""

from collections.abc import Callable
from functools import cached_property
from itertools import islice
from typing import Any, Final

from storage_core.values.concealing import Concealed, conceal
from storage_core.values.covered import demand_covered, demand_untold
from storage_core.values.edit import Edit, Editor
from storage_core.values.findings import Finding, findings_of
from storage_core.values.foreign import recognise
from storage_core.values.masking import Masking
from storage_core.values.notation import MAX_TEXT, spell
from storage_core.values.notation_text import MAX_BITS
from storage_core.values.outline import Outline, Outliner, Row
from storage_core.values.paths import walk
from storage_core.values.reader import read_program
from storage_core.values.safety import imports
from storage_core.values.search import search
from storage_core.values.shape import Shape
from storage_core.values.shapes import shape_of
from storage_core.values.tree import Atom, Node, Opaque, Program
from storage_core.values.typed_json import to_json

__all__ = ["Value", "read"]

_NOTHING: Final = Opaque("unreadable", "nothing that could be read")
Read = Callable[[bytes, Masking | None], "Value"]
"""`read`, or one that remembers what it read."""


def read(data: bytes, masking: Masking | None = None) -> "Value":
    """Read stored bytes. Nothing in them is run or imported; anything opens.

    What is no pickle, cut off or too large gives a value that says so in its `findings`. What
    `masking` names is masked in all that can be asked of the value, but not in the bytes that its
    edits give.
    """
    return Value(data, read_program(data), masking)


class Value:
    """A stored value: inert, immutable; edits give new bytes."""

    def __init__(
        self,
        data: bytes,
        program: Program,
        masking: Masking | None = None,
        read: Read = read,
    ) -> None:
        """`program` is what reading `data` gave, and belongs to the value from now on.

        With `read` edits read what they need, and what they made: each bytes of their own.
        """
        self.data = data
        self._read = read
        self._made: tuple[Edit, bytes] | None = None
        """The edit that was made last: it is looked at, and then made once more to be saved."""
        self._masking = masking
        self._program = program
        is_pickle = program.error is None and program.end == len(data)
        self._foreign = None if is_pickle else recognise(data, program)
        root = self._foreign.root if self._foreign is not None else program.root or _NOTHING
        self._concealed = (
            Concealed(root, set(), hides=False)
            if masking is None
            else conceal(program, root, self._foreign, masking)
        )

    @property
    def root(self) -> Node:
        """The tree. Part of it only, where `findings` say so."""
        return self._concealed.root

    @property
    def program(self) -> Program:
        """What reading found out; of a value with masks, as far as it may be shown."""
        return self._program

    @property
    def hides(self) -> bool:
        """Whether the stored bytes hold anything that is masked: they are not to be shown."""
        return self._concealed.hides

    @cached_property
    def _shape(self) -> Shape:
        return shape_of(self.root)

    @cached_property
    def _editor(self) -> Editor:
        return self._editor_of(self._program)

    def _editor_of(self, program: Program) -> Editor:
        note, read = self._foreign.note if self._foreign else None, self._read
        return Editor(program, note, lambda data: read(data, None).program)

    @cached_property
    def _outliner(self) -> Outliner:
        return Outliner(self._program, self.root, self._editor, self._concealed.holders)

    @property
    def is_pickle(self) -> bool:
        return self._foreign is None

    @property
    def kind(self) -> str:
        """`dict`, `datetime`, `acme.models.Ticket` …; for what is no pickle `text`, `json` …"""
        if self._foreign is not None:
            return self._foreign.kind
        return self._shape.kind if self._program.root is not None else "unreadable"

    @property
    def summary(self) -> str:
        """`dict, 3 items`, `acme.models.Ticket, 2 fields`, `str, 12 characters`, `int`."""
        shape = self._shape
        if not shape.is_leaf and self._program.error is not None and self.is_pickle:
            return f"{self.kind}, cut off"
        if not shape.is_leaf:
            return f"{self.kind}, {shape.holds}"
        root = self.root
        plain = root.value if isinstance(root, Atom) else None
        if isinstance(plain, (str, bytes, bytearray)) and self.kind != "empty":
            unit = "character" if isinstance(plain, str) else "byte"
            return f"{self.kind}, {len(plain):,} {unit}{'' if len(plain) == 1 else 's'}"
        if type(plain) is int and plain.bit_length() > MAX_BITS:
            return f"{self.kind}, {plain.bit_length():,} bits"
        return self.kind

    @property
    def can_edit(self) -> bool:
        """Whether some part of the value may be editable; a row says whether that part is."""
        return self.refusal is None

    @property
    def refusal(self) -> str | None:
        """Why no part can be edited, in words; None if `can_edit`."""
        return self._editor.refusal

    @cached_property
    def imports(self) -> tuple[str, ...]:
        """What reading makes the bot import: dotted names. Information, not a verdict."""
        return imports(self._program) if self.is_pickle else ()

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What is worth a person's look, each with a sentence as its `str`."""
        return findings_of(self._program, self._foreign)

    def preview(self, limit: int = 120) -> str:
        """One line of about `limit` characters, made without reading further than that."""
        return " ".join(spell(self.root, limit).split("\n"))

    def to_text(self, limit: int = MAX_TEXT, *, path: str = "") -> str:
        """The typed notation of the tree at `path`, cut with `…` at about `limit` characters.

        Raises RefusedEdit if nothing is at `path`.
        """
        return spell(walk(self.root, path)[0], limit)

    def to_json(self) -> Any:
        """The whole tree as typed JSON (the forms are described in `typed_json`)."""
        return to_json(self.root)

    def find(self, text: str, limit: int = 100) -> list[Row]:
        """The places whose key, field or leaf holds `text`, case apart; at most `limit`."""
        return self._outliner.rows(islice(search(self.root, text), limit))

    def outline(
        self, path: str = "", *, depth: int = 3, offset: int = 0, limit: int = 200
    ) -> Outline:
        """Rows for a page: the value at `path` and what is in it, `depth` levels deep.

        `offset` counts the direct children of `path`; with one, the row of `path` itself is left
        out. At most about `limit` rows come; `Outline.more` is the offset to go on from. Raises
        RefusedEdit if nothing is at `path`.
        """
        return self._outliner.outline(path, depth, offset, limit)

    def edit(self, path: str, text: str, *, change_type: bool = False) -> bytes:
        """The bytes with the value at `path` replaced by `text` in typed notation.

        Without `change_type` a leaf keeps its type. Raises RefusedEdit, also for an edit after
        which something would be seen that is masked.
        """
        action = "replace" if change_type else "change"
        return self.apply(Edit(action, path, text, change_type=change_type))

    def apply(self, operation: Edit) -> bytes:
        """The bytes after one `Edit`. Raises RefusedEdit as `edit`."""
        if self._made is None or self._made[0] != operation:
            self._made = operation, self._applied(operation)
        return self._made[1]

    def _applied(self, operation: Edit) -> bytes:
        if self._masking is None or not self.hides:
            return self._editor.apply(operation)
        target, _ = walk(self.root, operation.path)  # no path leads into what is masked
        demand_untold(self._editor.told_apart(operation), self._concealed.holders)
        data = self._editor_of(self._read(self.data, None).program).apply(operation)
        gone = target if operation.action in ("change", "replace", "remove") else None
        demand_covered(self.root, gone, self._read(data, self._masking).root)
        return data
