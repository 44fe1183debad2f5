"""Three-way merge: a person's changes put onto what the bot wrote meanwhile."""

from dataclasses import asdict, dataclass
from typing import Any, Final

from storage_core.exceptions import RefusedEdit
from storage_core.values.concealing import conceal
from storage_core.values.diff import Difference, Differences, Found
from storage_core.values.edit import Edit, Editor
from storage_core.values.masking import Masking
from storage_core.values.meaning import Meanings
from storage_core.values.notation import spell
from storage_core.values.outline import is_typeable
from storage_core.values.paths import walk
from storage_core.values.reader import read_program
from storage_core.values.shape import INDEX, MEMBER
from storage_core.values.shapes import shape_of
from storage_core.values.tree import Masked, Node, Program

__all__ = ["Conflict", "Merge", "merge"]

MAX_CHANGES: Final = 100
_TEXT: Final = 500
_TYPED: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Conflict:
    """A place that both changed; texts are typed notation, None where nothing is."""

    path: str
    base: str | None
    mine: str | None
    theirs: str | None
    reason: str = "both changed it"


@dataclass(frozen=True, slots=True)
class Merge:
    merged: bytes | None
    """Both changes; None if there are conflicts."""
    conflicts: tuple[Conflict, ...]
    mine: tuple[Difference, ...]
    theirs: tuple[Difference, ...]

    def as_dict(self) -> dict[str, Any]:
        """Without the bytes."""
        return {
            "conflicts": [asdict(conflict) for conflict in self.conflicts],
            "mine": [one.as_dict() for one in self.mine],
            "theirs": [one.as_dict() for one in self.theirs],
        }


def merge(base: bytes, mine: bytes, theirs: bytes, masking: Masking | None = None) -> Merge:
    """Put what changed from `base` to `mine` onto `theirs`.

    The result is `theirs` with edits spliced in. Changes in different places merge; of two changes
    of the same place, or of the order of one list, none is preferred: they are conflicts. What
    `masking` names is one place each, and is masked in all texts; the merged bytes have it.
    """
    programs = [read_program(data) for data in (base, mine, theirs)]
    if any(program.error or program.root is None for program in programs):
        whole = [Conflict("", None, None, None, "one of the values cannot be read")]
        return Merge(None, tuple(whole), (), ())
    root, my_root, their_root = (_tree(program, masking) for program in programs)
    meanings = Meanings()
    my_changes = Differences(root, my_root, meanings).find()
    their_changes = Differences(root, their_root, meanings).find()
    conflicts = _conflicts(my_changes, their_changes, meanings)
    merged: bytes | None = None
    if not conflicts:
        merged, conflicts = _apply(theirs, my_changes, their_changes, mine)
    shown = [tuple(one.shown() for one in changes) for changes in (my_changes, their_changes)]
    return Merge(merged, tuple(conflicts), shown[0], shown[1])


_NONE: Final = Node()


def _tree(program: Program, masking: Masking | None) -> Node:
    root = program.root or _NONE
    return root if masking is None else conceal(program, root, None, masking).root


def _conflicts(mine: list[Found], theirs: list[Found], meanings: Meanings) -> list[Conflict]:
    found = []
    for change in mine:
        for other in theirs:
            if _clash(change, other) and not _agree(change, other, meanings):
                found.append(_conflict(change, other))
                break
    return found


def _clash(change: Found, other: Found) -> bool:
    """Whether two changes cannot both be made without knowing what was meant."""
    short, long = sorted((change.steps, other.steps), key=len)
    if MEMBER in (change.style, other.style) and change.container == other.container:
        return change.steps == other.steps
    if long[: len(short)] == short and not _appends(change) and not _appends(other):
        return True
    return _reorders(change, other) or _reorders(other, change)


def _appends(change: Found) -> bool:
    return change.kind == "added" and change.style == INDEX


def _reorders(change: Found, other: Found) -> bool:
    """Whether `change` moves the items of a list in or below which `other` changes something."""
    depth = len(change.container)
    inside = other.steps[:depth] == change.container
    if change.kind == "reordered":
        return other.steps[: len(change.steps)] == change.steps
    if change.style != INDEX or change.kind == "changed" or not inside:
        return False
    if len(other.steps) == depth:
        return True
    structural = len(other.container) == depth and other.kind != "changed"
    return structural or not change.at_end


def _agree(change: Found, other: Found, meanings: Meanings) -> bool:
    """Whether both made the same change. Of what is masked nobody is told that it is the same."""
    if isinstance(change.new, Masked) or isinstance(other.new, Masked):
        return False
    if change.kind != other.kind or change.steps != other.steps:
        return False
    if change.new is None or other.new is None:
        return change.new is other.new
    return meanings.of(change.new) == meanings.of(other.new)


def _text(node: Node | None) -> str | None:
    return None if node is None else spell(node, _TEXT)


def _conflict(change: Found, other: Found) -> Conflict:
    return Conflict(
        "".join(change.steps if len(change.steps) <= len(other.steps) else other.steps),
        _text(change.old if len(change.steps) <= len(other.steps) else other.old),
        _text(change.new),
        _text(other.new),
    )


def _apply(
    data: bytes, mine: list[Found], theirs: list[Found], whole: bytes
) -> tuple[bytes | None, list[Conflict]]:
    """Their bytes with my changes, those of one list from its end, so that no place moves."""
    if not theirs:
        return whole, []
    if len(mine) > MAX_CHANGES:
        return None, [Conflict("", None, None, None, f"more than {MAX_CHANGES} changes to merge")]
    meanings = Meanings()
    done = [change for change in mine for other in theirs if _agree(change, other, meanings)]
    source = read_program(whole).root or _NONE
    ordered = sorted(enumerate(mine), key=lambda pair: (pair[1].index, pair[0]), reverse=True)
    for _, change in ordered:
        if any(change is one for one in done):
            continue
        try:
            editor = Editor(read_program(data))
            data = editor.apply(_edit(change, source, editor.program))
        except RefusedEdit as refusal:
            path, old = "".join(change.steps), _text(change.old)
            return None, [Conflict(path, old, _text(change.new), old, str(refusal))]
    return data, []


def _edit(change: Found, source: Node, program: Program) -> Edit:
    """The edit that makes one of my changes in their value.

    What is put in is taken from `source`, which is my value as it is: that of the change may be
    masked.
    """
    path, container = "".join(change.steps), "".join(change.container)
    if change.kind == "removed":
        if change.style == MEMBER and change.old is not None:
            path = _member_path(program, container, change.old)
        return Edit("remove", path)
    if change.new is None or change.kind == "reordered":
        raise RefusedEdit("a new order cannot be merged")
    new, place = walk(source, change.path)
    typed_as = shape_of(new).typed_as
    if typed_as is not None and change.kind == "changed":
        return Edit("change", path, typed_as)
    if not is_typeable(new, _TYPED):
        raise RefusedEdit("what was put in cannot be typed")
    text = spell(new, _TYPED)
    if change.kind == "changed":
        return Edit("replace", path, text)
    if change.style == MEMBER:
        return Edit("append", container, text)
    if change.style == INDEX:
        return (
            Edit("append", container, text)
            if change.at_end
            else Edit("insert", container, text, index=change.index)
        )
    if place is None or place.key is None:
        raise RefusedEdit("what was put in has no key")
    return Edit("add", container, text, spell(place.key, _TYPED))


def _member_path(program: Program, container: str, member: Node) -> str:
    """Where in their set a member stands."""
    meanings = Meanings()
    node, _ = walk(program.root or _NONE, container)
    for number, place in shape_of(node).places():
        if meanings.of(place.node) == meanings.of(member):
            return f"{container}{{{number}}}"
    raise RefusedEdit("the member of the set is gone")
