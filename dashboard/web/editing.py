"""What the core does with values, for forms: edit, create, compare, merge.

The only module of the pages that knows how these are asked of `reading`.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard import reading
from dashboard.web import wording
from storage_core.exceptions import RefusedEdit

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
    """One place that changed, as people read it; `before` or `after` is empty for added, removed."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Clash:
    """One place that both sides changed, with the path as the core writes it."""

    path: str
    shown: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Merged:
    """Two changes put together: `data` is None where they clash."""

    data: bytes | None
    clashes: Sequence[Clash]
    mine: Sequence[Difference]
    theirs: Sequence[Difference]


async def edited(data: bytes, path: str, text: str, *, change_type: bool) -> bytes:
    """The bytes with the part at `path` replaced by typed text.

    Raises TypeWouldChange where only the type stands against it, else RefusedEdit.
    """
    fields = {"path": path, "text": text}
    try:
        return await new_bytes("edit", data, **fields, change_type=change_type)
    except RefusedEdit as error:
        if change_type or error.line is not None:
            raise
        refused = error
    try:
        await new_bytes("edit", data, **fields, change_type=True)
    except RefusedEdit:
        raise refused from None
    raise TypeWouldChange(str(refused)) from refused


async def reshaped(data: bytes, edit: Mapping[str, Any]) -> bytes:
    """The bytes after one structural edit. Raises RefusedEdit."""
    return await new_bytes("apply", data, edit=dict(edit))


async def created(text: str) -> bytes:
    """A new value from typed text. Raises RefusedEdit with line and column."""
    return await new_bytes("create", text=text)


async def new_bytes(op: str, *blobs: bytes, **arguments: Any) -> bytes:
    answer = await reading.ask(op, *blobs, **arguments)
    return base64.b64decode(answer["data"])


async def differences(before: bytes, after: bytes) -> list[Difference]:
    """What changed, by path."""
    answer = await reading.ask("diff", before, after)
    return [difference_of(one) for one in answer["differences"]]


def difference_of(found: Mapping[str, Any]) -> Difference:
    return Difference(
        wording.visible(found["path"]) or "the whole value",
        wording.visible(found["before"] or ""),
        wording.visible(found["after"] or ""),
    )
