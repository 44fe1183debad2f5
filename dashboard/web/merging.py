"""Putting a person's change onto what the bot wrote meanwhile."""

from dataclasses import dataclass
from typing import Final

from dashboard import reading
from dashboard.web import editing, links, notices
from dashboard.web.editing import Clash, Difference, Merged
from dashboard.web.saving import Verdict, save
from dashboard.web.visits import KeyVisit
from storage_core.values.masking import MASK

__all__ = ["Clashing", "is_masked", "merged_for", "put_on_top"]

TRIES: Final = 5
"""How often a change is put onto the newest value before the person is asked to try again."""
KEPT_BOTH: Final = "What was written in other parts meanwhile is kept."
OUTRUN: Final = "The bot writes this value faster than it can be merged."


@dataclass(frozen=True, slots=True)
class Clashing:
    """Two changes that cannot both be made unasked; `theirs` is what the store holds."""

    theirs: bytes
    merged: Merged


async def put_on_top(
    visit: KeyVisit, base: bytes, mine: bytes, theirs: bytes, reason: str
) -> Verdict | Clashing:
    """Save what changed from `base` to `mine` on top of `theirs`, what the store holds.

    Each try is a change of its own for the store and the journal: exactly the newest bytes are
    replaced by the merged ones, which are checked like any others. If the bot wrote again at each
    try, the verdict is that of the last one, with `current`, and says so. Raises UnreadableValue
    where it cannot be told whether both sides clash; then nothing was written.
    """
    for _ in range(TRIES):
        new = mine
        if theirs != base:
            merged = await merged_for(visit, base, mine, theirs)
            if merged.data is None:
                return Clashing(theirs, merged)
            new = merged.data
        verdict = await save(visit, theirs, new, reason)
        if verdict.word == "saved" and theirs != base:
            notice = notices.good(verdict.notice.title, KEPT_BOTH)
            return Verdict("saved", notice, verdict.current)
        if verdict.word != "changed" or verdict.current is None:
            return verdict
        theirs = verdict.current.data
    text = "Nothing was changed, and what you typed is here. It does not clash: try again."
    return Verdict("changed", notices.careful(OUTRUN, text), verdict.current)


async def merged_for(visit: KeyVisit, base: bytes, mine: bytes, theirs: bytes) -> Merged:
    """Both changes, as this person may see them.

    Whoever typed what a masked part held all along is told the same as for any other text: else
    it could be guessed.
    """
    merged = await editing.merged(base, mine, theirs, visit.mask)
    if mine != base or not await is_masked(visit, base):
        return merged
    path = links.asked(visit.request, "path")
    shown = editing.shown(path)
    typed = [Difference(shown, MASK, MASK)]
    if not any(touches(one.path, shown) for one in merged.theirs):
        return Merged(merged.data, merged.clashes, typed, merged.theirs)
    clash = Clash(path, shown, MASK, MASK)
    return Merged(None, [clash], typed, merged.theirs)


def touches(one: str, other: str) -> bool:
    """Whether one of two paths leads to or into what the other leads to."""
    whole = editing.shown("")
    return whole in (one, other) or one.startswith(other) or other.startswith(one)


async def is_masked(visit: KeyVisit, data: bytes) -> bool:
    """Whether the part that is edited is masked, so that nothing may tell that it was guessed."""
    if visit.mask is None:
        return False
    path = links.asked(visit.request, "path")
    outline = await reading.outline(data, path, mask=visit.mask, depth=0, limit=1)
    return bool(outline["rows"][0]["group"] == "masked")
