"""A window of rows on a value, for a page: bounded whatever the value is."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from storage_core.values.edit import Editor
from storage_core.values.known.code import OWN_SCRIPT
from storage_core.values.names import text_of
from storage_core.values.notation import CUT, spell
from storage_core.values.notation_text import MAX_BITS
from storage_core.values.paths import field_name, shadowed, step_to, walk
from storage_core.values.search import Hit
from storage_core.values.shape import ARG, ENTRY, FIELD, INDEX, MEMBER, NAMED, STATE, Place, Shape
from storage_core.values.shapes import known_shape, shape_of
from storage_core.values.structure import refusal_of_count
from storage_core.values.tree import Atom, Call, Global, Masked, Node, Program, resolve
from storage_core.values.whole_text import is_too_long, is_typeable, why_not_whole

__all__ = ["MAX_EDIT_TEXT", "Outline", "Outliner", "Row"]

MAX_EDIT_TEXT: Final = 64 * 1024
"""Characters of typed text that an edit field is filled with."""
MAX_ROW_TEXT: Final = 300
_NESTED: Final = 50
"""Children of an inner container that a window shows; its own outline shows all."""
_NESTED_EDIT_TEXT: Final = 2000
_CONTROLS: Final = {
    "str": "text", "int": "number", "float": "number", "bool": "bool",
    **{
        kind: kind
        for kind in (
            "datetime", "date", "time", "timedelta", "Decimal", "Fraction", "UUID", "Path",
            "PurePosixPath", "WindowsPath", "PureWindowsPath", "IPv4Address", "IPv6Address",
            "IPv4Network", "IPv6Network", "IPv4Interface", "IPv6Interface",
        )
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the tree."""

    path: str
    level: int
    label: str
    """What stands in front: `'votes'`, `0`, `.user`; empty for the value itself."""
    kind: str
    text: str
    """One line: a leaf's typed notation, or how much a container holds."""
    group: str
    count: int | None
    is_leaf: bool
    can_edit: bool
    refusal: str | None
    edit_text: str | None
    """The whole typed text; None if it is too long, masked, or cannot be typed. For inner
    containers only up to 2,000 characters: ask for their own outline."""
    text_refusal: str | None
    """Why it has no such text though it can be edited; told of what the outline is asked for."""
    control: str
    raw: str | None
    """The plain string of a str; None if it is too long or masked, or no page can carry it."""
    notes: tuple[str, ...]
    truncated: bool
    """Whether `text` is cut."""
    has_more: bool
    """Whether there are children that this window does not show."""
    actions: tuple[str, ...]
    """What `Value.apply` can do here: change, append, insert, add, remove, rename, move."""

    def as_dict(self) -> dict[str, Any]:
        fields = {name: getattr(self, name) for name in self.__slots__}
        return {**fields, "notes": list(self.notes), "actions": list(self.actions)}


@dataclass(frozen=True, slots=True)
class Outline:
    """Rows in document order; `more` is the offset of the first child that is not shown."""

    rows: tuple[Row, ...]
    more: int | None
    count: int

    def as_dict(self) -> dict[str, Any]:
        rows = [row.as_dict() for row in self.rows]
        return {"rows": rows, "more": self.more, "count": self.count}


class Outliner:
    """Makes rows of one value."""

    def __init__(
        self, program: Program, root: Node, editor: Editor, holders: Collection[int] = ()
    ) -> None:
        """`holders` are the ids of containers with something masked in them."""
        self.root = root
        self.editor = editor
        self.holders = holders
        self.uses = Counter(map(id, program.reused))

    def outline(self, path: str, depth: int, offset: int, limit: int) -> Outline:
        """See `Value.outline`. Raises RefusedEdit if nothing is at `path`."""
        node, place = walk(self.root, path)
        shape = shape_of(node)
        rows: list[Row] = []
        expand = depth > 0 and not shape.is_leaf
        if offset == 0:
            shown = min(shape.count, limit) if expand else 0
            label = _label(place) if place is not None else ""
            rows.append(self.row(node, place, path, 0, label, shown, True))
        if not expand:
            return Outline(tuple(rows), None, shape.count)
        hidden = shadowed(shape)
        for index, child in shape.places(offset):
            if len(rows) >= limit:
                return Outline(tuple(rows), index, shape.count)
            rows += self.branch(path, shape, index, child, hidden, depth, limit - len(rows))
        return Outline(tuple(rows), None, shape.count)

    def rows(self, hits: Iterable[Hit]) -> list[Row]:
        """The rows of what a search found."""
        return [
            self.row(hit.node, hit.place, hit.path, hit.level,
                     _label(hit.place) if hit.place is not None else "", 0, False)
            for hit in hits
        ]  # fmt: skip

    def branch(
        self, path: str, shape: Shape, number: int, place: Place, hidden: set[int],
        depth: int, room: int,
    ) -> list[Row]:  # fmt: skip
        """The rows of one child and of what is in it, as far as depth and room allow."""
        rows: list[Row] = []
        work = [(path, shape, number, place, hidden, 1)]
        while work and len(rows) < room:
            path, shape, number, place, hidden, level = work.pop()
            inner_path = path + step_to(shape, number, place, hidden)
            inner = shape_of(place.node)
            free = room - len(rows) - len(work) - 1
            shown = min(inner.count, _NESTED, max(free, 0)) if level < depth else 0
            notes = ("there twice: the bot sees the later one",) if number in hidden else ()
            label = _label(place)
            rows.append(self.row(place.node, place, inner_path, level, label, shown, False, notes))
            if shown:
                inner_hidden = shadowed(inner)
                steps = [
                    (inner_path, inner, index, child, inner_hidden, level + 1)
                    for index, child in _first(inner, shown)
                ]
                work.extend(reversed(steps))
        return rows

    def row(  # noqa: PLR0913, PLR0917 - all that a row is made of
        self, node: Node, place: Place | None, path: str, level: int, label: str,
        shown: int, is_root: bool, notes: tuple[str, ...] = (),
    ) -> Row:  # fmt: skip
        shape = shape_of(node)
        plain = resolve(node)
        refusal = self.editor.refusal_of(place) or self.untypeable(plain, shape)
        text = spell(node, MAX_ROW_TEXT) if shape.is_leaf else shape.holds
        longest = MAX_EDIT_TEXT if shape.is_leaf or is_root else _NESTED_EDIT_TEXT
        edit_text = self.edit_text(node, shape, longest) if refusal is None else None
        return Row(
            path=path,
            level=level,
            label=label,
            kind=shape.kind,
            text=text,
            group=shape.group,
            count=None if shape.is_leaf else shape.count,
            is_leaf=shape.is_leaf,
            can_edit=refusal is None,
            refusal=refusal,
            edit_text=edit_text,
            text_refusal=self.text_refusal(plain)
            if is_root and not (refusal or edit_text)
            else None,
            control=_control(shape),
            raw=_raw(plain),
            notes=(*notes, *shape.notes, *self.notes(plain, shape)),
            truncated=shape.is_leaf and text.endswith(CUT),
            has_more=not shape.is_leaf and shape.count > shown,
            actions=self.actions(node, place, shape, refusal),
        )

    def untypeable(self, plain: Node, shape: Shape) -> str | None:
        """Why something cannot be replaced by typed text, wherever it stands."""
        if not shape.typeable and shape.typed_as is None:
            return self.why_not_typed(plain, shape)
        if id(plain) in self.holders:
            return "parts of it are masked; change its parts one by one"
        return None

    def why_not_typed(self, plain: Node, shape: Shape) -> str:
        """The true reason, and what can be done instead."""
        what = "an object" if shape.is_object else "this"
        owners = [id(part.owner) for part in shape.parts if part.count]
        reasons = [self.editor.frozen.get(owner) for owner in owners]
        if owners and not all(reasons):
            return f"{what} cannot be typed; change its parts one by one"
        if owners:
            return f"{what} cannot be typed, and its parts stay as they are: {reasons[0]}"
        if isinstance(plain, Global):
            return "this is a name that the bot imports, and nobody can type one"
        if OWN_SCRIPT in shape.notes:
            return f"this is code, {OWN_SCRIPT}: it changes only where the bot's author changes it"
        if isinstance(plain, Call) and known_shape(plain) is None:
            return f"{_a(shape.kind)} cannot be typed: it is made by a call, which stays as it is"
        return f"{_a(shape.kind)} cannot be typed; only the bot can store another"

    def edit_text(self, node: Node, shape: Shape, longest: int) -> str | None:
        if isinstance(resolve(node), Masked) or shape.typed_as is not None:
            return shape.typed_as
        if not shape.is_leaf and (is_too_long(node, longest) or not is_typeable(node, longest)):
            return None
        text = spell(node, longest)
        return None if len(text) > longest else text

    @staticmethod
    def text_refusal(plain: Node) -> str | None:
        return None if isinstance(plain, Masked) else why_not_whole(plain, MAX_EDIT_TEXT)

    def notes(self, node: Node, shape: Shape) -> Iterator[str]:
        uses = self.uses[id(node)] if not shape.is_leaf else 0
        if uses:
            places = "1 other place" if uses == 1 else f"{uses:,} other places"
            yield f"also used in {places}"
        number = node.value if isinstance(node, Atom) else None
        if type(number) is int and number.bit_length() > MAX_BITS:
            yield f"{number.bit_length():,} bits: too long for decimal digits, shown as hex"
        reason = self.editor.frozen.get(id(node)) if not shape.is_leaf else None
        if reason is not None:
            yield f"read-only: {reason}"

    def actions(
        self, node: Node, place: Place | None, shape: Shape, refusal: str | None
    ) -> tuple[str, ...]:
        """The structural edits that the menu of a row can offer."""
        found = ["change"] if refusal is None else []
        if self.editor.refusal_inside(node) is None and self.editor.refusal is None:
            styles = {part.style: part for part in shape.parts if refusal_of_count(part) is None}
            if INDEX in styles:
                found += ["append", "insert"]
            elif MEMBER in styles:
                found.append("append")
            if (ENTRY in styles and not shape.is_object) or shape.fields_in is not None:
                found.append("add")
        if place is not None and self.editor.refusal_of(place) is None:
            part = place.part
            if refusal_of_count(part) is None and part.style not in (ARG, NAMED, STATE):
                found.append("remove")
                found += ["move"] if part.style in (INDEX, ENTRY) else []
                found += ["rename"] if part.style in (ENTRY, FIELD) else []
        return tuple(found)


def _a(noun: str) -> str:
    return f"an {noun}" if noun[:1].lower() in "aeio" else f"a {noun}"


def _first(shape: Shape, count: int) -> Iterator[tuple[int, Place]]:
    for index, place in shape.places():
        if index >= count:
            return
        yield index, place


def _label(place: Place) -> str:
    style = place.part.style
    if style == ENTRY and place.key is not None:
        return spell(place.key, 100) if place.key is not place.node else ""
    if style in (FIELD, NAMED, STATE):
        name = field_name(place)
        is_name = name is not None and name.isidentifier()
        return f".{name}" if is_name else spell(place.key or place.node, 100)
    if style == ARG:
        return f"({place.index})"
    return str(place.index) if style == INDEX else "·"


def _control(shape: Shape) -> str:
    if shape.typed_as is None:
        return _CONTROLS.get(shape.kind, "source")
    return "bool" if shape.typed_as in ("True", "False") else "number"


def _raw(node: Node) -> str | None:
    text = text_of(node)
    if text is None or len(text) > MAX_EDIT_TEXT:
        return None
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # a lone surrogate
        return None
    return text
