"""What the core does with values, for forms: edit, create, compare, merge.

The only module of the pages that knows how these are asked of `reading`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard import reading
from dashboard.reading import Mask
from dashboard.web import wording
from storage_core.exceptions import RefusedEdit, UnreadableValue

__all__ = [
    "Clash",
    "Difference",
    "Merged",
    "TypeWouldChange",
    "created",
    "differences",
    "edited",
    "merged",
    "reshaped",
    "resolved",
]


class TypeWouldChange(RefusedEdit):
    """What was typed is of another type; the person is asked first."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place that changed, as people read it; no `before` where it was added."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Clash:
    """One place that both sides changed, with the path as the core writes it.

    `is_plain`: it was there before and is there on both sides.
    """

    path: str
    shown: str
    mine: str
    theirs: str
    is_plain: bool


@dataclass(frozen=True, slots=True)
class Merged:
    """Two changes put together: `data` is None where they clash."""

    data: bytes | None
    clashes: Sequence[Clash]
    mine: Sequence[Difference]
    theirs: Sequence[Difference]


async def edited(data: bytes, path: str, text: str, mask: Mask, *, change_type: bool) -> bytes:
    """The bytes with the part at `path` replaced by typed text.

    Raises TypeWouldChange where only the type stands against it, else RefusedEdit.
    """
    fields = {"path": path, "text": text}
    try:
        return await new_bytes("edit", data, mask=mask, **fields, change_type=change_type)
    except RefusedEdit as error:
        if change_type or error.line is not None:
            raise
        refused = error
    try:
        await new_bytes("edit", data, mask=mask, **fields, change_type=True)
    except RefusedEdit:
        raise refused from None
    raise TypeWouldChange(str(refused)) from refused


async def reshaped(data: bytes, edit: Mapping[str, Any], mask: Mask) -> bytes:
    """The bytes after one structural edit. Raises RefusedEdit."""
    return await new_bytes("apply", data, mask=mask, **edit)


async def created(text: str) -> bytes:
    """A new value from typed text. Raises RefusedEdit with line and column."""
    _, (data,) = await reading.make("create", text=text)
    return data


async def new_bytes(op: str, old: bytes, *, mask: Mask, **fields: Any) -> bytes:
    _, (data,) = await reading.ask(op, old, mask=mask, **fields)
    return data


async def differences(before: bytes, after: bytes, mask: Mask) -> list[Difference]:
    """What changed, by path; for values too large to compare, that it cannot be shown."""
    try:
        found, _ = await reading.ask("diff", before, after, mask=mask)
    except UnreadableValue as error:
        return [Difference(shown(""), "", wording.sentence(str(error)))]
    return [difference_of(one) for one in found]


def difference_of(found: Mapping[str, Any]) -> Difference:
    return Difference(
        shown(found["path"]),
        wording.visible(found["before"] or ""),
        wording.visible(found["after"] or ""),
    )


def shown(path: str) -> str:
    """A path as people read it."""
    return wording.visible(path) or "the whole value"


async def merged(base: bytes, mine: bytes, theirs: bytes, mask: Mask) -> Merged:
    """Put two changes of `base` together."""
    found, blobs = await reading.ask("merge", base, mine, theirs, mask=mask)
    return Merged(
        blobs[0] if blobs else None,
        [clash_of(one) for one in found["conflicts"]],
        [difference_of(one) for one in found["mine"]],
        [difference_of(one) for one in found["theirs"]],
    )


def clash_of(found: Mapping[str, Any]) -> Clash:
    mine, theirs = found["mine"], found["theirs"]
    return Clash(
        found["path"],
        shown(found["path"]),
        "removed it" if mine is None else wording.visible(mine),
        "removed it" if theirs is None else wording.visible(theirs),
        is_plain=None not in (found["base"], mine, theirs),
    )


async def resolved(
    base: bytes, mine: bytes, theirs: bytes, keep_mine: Mapping[str, bool], clashes: Sequence[Clash]
) -> bytes:
    """Two changes put together where they clash: mine at the paths that say so, else theirs.

    Raises RefusedEdit where a side added or removed what the other changed.
    """
    if not all(clash.is_plain for clash in clashes):
        raise RefusedEdit(
            "One side added or removed what the other changed. Keep the stored value, and make your"
            " change again on it."
        )
    rest = mine
    for clash in clashes:
        rest = await put(rest, clash.path, await text_at(base, clash.path))
    together = await merged(base, rest, theirs, None)  # only its bytes are used
    if together.data is None:
        raise RefusedEdit(
            "The two changes cannot be taken apart. Make yours again on what is stored."
        )
    data = together.data
    for path in (path for path, is_mine in keep_mine.items() if is_mine):
        data = await put(data, path, await text_at(mine, path))
    return data


async def text_at(data: bytes, path: str) -> str:
    """The typed text of a part. Raises RefusedEdit for one that cannot be typed."""
    # It goes into other bytes, and on no page.
    outline = await reading.outline(data, path, mask=None, depth=0, limit=1)
    text: str | None = outline["rows"][0]["edit_text"]
    if text is None:
        raise RefusedEdit(f"What is at {shown(path)} cannot be typed.")
    return text


async def put(data: bytes, path: str, text: str) -> bytes:
    return await new_bytes("apply", data, mask=None, action="replace", path=path, text=text)
