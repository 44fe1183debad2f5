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
from storage_core.values.merge import UNCERTAIN

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
]


class TypeWouldChange(RefusedEdit):
    """What was typed is of another type; the person is asked first."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place that changed, as people read it; no `before` where it was added.

    `sharing` is what becomes of other places that hold the very same thing, if there are any.
    `unknown` says why it cannot be told what changed; then there is nothing else.
    """

    path: str
    before: str
    after: str
    sharing: str = ""
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Clash:
    """One place that both sides changed. `mine` and `theirs` are None where nothing is.

    `place` is what the core calls it. `is_uncertain`: items of a list came or went, and this may
    not be the one that was meant. `refusal` says why mine cannot be kept; None if it can.
    """

    place: str
    shown: str
    mine: str | None
    theirs: str | None
    is_uncertain: bool = False
    refusal: str | None = None

    @property
    def is_gone(self) -> bool:
        """Whether the other side has removed it, or never had it."""
        return self.theirs is None


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
        return [Difference(shown(""), "", "", unknown=wording.sentence(str(error)))]
    return [difference_of(one) for one in found]


def difference_of(found: Mapping[str, Any]) -> Difference:
    return Difference(
        shown(found["path"]),
        wording.visible(found["before"] or ""),
        wording.visible(found["after"] or ""),
        wording.visible(found.get("sharing", "")),
    )


def shown(path: str) -> str:
    """A path as people read it."""
    return wording.visible(path) or "the whole value"


async def merged(
    base: bytes, mine: bytes, theirs: bytes, mask: Mask, keep: Mapping[str, bool] | None = None
) -> Merged:
    """Put two changes of `base` together; where they clash, mine at the places in `keep` that say
    so, else theirs."""
    found, blobs = await reading.ask("merge", base, mine, theirs, mask=mask, keep=keep)
    return Merged(
        blobs[0] if blobs else None,
        [clash_of(one) for one in found["conflicts"]],
        [difference_of(one) for one in found["mine"]],
        [difference_of(one) for one in found["theirs"]],
    )


def clash_of(found: Mapping[str, Any]) -> Clash:
    mine, theirs = (
        None if found[side] is None else wording.visible(found[side]) for side in ("mine", "theirs")
    )
    refusal = found["refusal"] and wording.sentence(found["refusal"])
    is_uncertain = found["reason"] == UNCERTAIN
    return Clash(found["place"], shown(found["path"]), mine, theirs, is_uncertain, refusal)
