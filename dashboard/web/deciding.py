"""Where both sides changed the same place: what the person can decide, and what comes of it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from dashboard.web import editing, links
from dashboard.web.drafts import seal
from dashboard.web.editing import Clash, Difference, Merged
from dashboard.web.visits import KeyVisit
from storage_core.exceptions import RefusedEdit

__all__ = [
    "Choice",
    "Conflict",
    "Make",
    "choice_at",
    "conflict_of",
    "decided",
    "may_choose",
    "said_of",
]

Make = Callable[[bytes], Awaitable[bytes]]
"""From the bytes that were read to the bytes that are wanted. Raises RefusedEdit."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One place that both sides changed, and the form field that decides."""

    name: str
    clash: Clash


@dataclass(frozen=True, slots=True)
class Conflict:
    """The two sides. `origin` and `sealed` are bytes that the choosing form brings back."""

    author: str
    mine: Sequence[Difference]
    theirs: Sequence[Difference]
    choices: Sequence[Choice]
    origin: str
    sealed: str


async def conflict_of(
    visit: KeyVisit, author: str, base: bytes, mine: bytes, merged: Merged
) -> Conflict:
    choices = [Choice(choice_at(one.place), one) for one in merged.clashes]
    sealed = await seal(visit, base), await seal(visit, mine)
    return Conflict(author, merged.mine, merged.theirs, choices, *sealed)


def choice_at(place: str) -> str:
    """The form field that decides about a place."""
    return f"choice-{links.mark_of(place)}"


def said_of(clashes: Sequence[Clash]) -> str:
    """What the person is to decide."""
    if any(clash.is_uncertain for clash in clashes):
        return "Items came or went where you changed one. Choose what is to be done."
    if any(clash.is_gone for clash in clashes):
        return "What you changed was removed. Choose what is to be done."
    return "It is the same place that you changed. Choose what to keep."


def may_choose(merged: Merged) -> bool:
    """Whether there is anything of the person's that can be kept."""
    can_keep = any(clash.refusal is None for clash in merged.clashes)
    return can_keep or len(merged.mine) > len(merged.clashes)


async def decided(
    visit: KeyVisit, sides: tuple[bytes, bytes, bytes], keep: Mapping[str, bool], make: Make
) -> bytes:
    """What the three values become with mine where `keep` says so. Raises RefusedEdit."""
    base, mine, theirs = sides
    if base == mine:  # what is masked, typed again: as if it were another text
        return await make(theirs) if any(keep.values()) else theirs
    merged = await editing.merged(base, mine, theirs, visit.mask, keep)
    if merged.data is None:
        reasons = [clash.refusal for clash in merged.clashes if clash.refusal]
        raise RefusedEdit(" ".join(reasons) or "Make your change again on what is stored.")
    return merged.data
