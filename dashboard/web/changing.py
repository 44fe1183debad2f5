"""The way from what a person typed to what is saved, the same for every kind of change.

A change form is posted in steps. `review` shows what would change. `save` writes exactly that. What
the bot wrote meanwhile in other places is kept: the form says so, and the change is put on top of
the newest value. Where both changed the same place both sides are shown, the person chooses
(`choose`), and looks again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from dashboard.journal import queries
from dashboard.web import editing, links, notices, wording
from dashboard.web.covered import advice_on
from dashboard.web.deciding import (
    Conflict,
    Make,
    choice_at,
    conflict_of,
    decided,
    may_choose,
    said_of,
)
from dashboard.web.drafts import (
    Carried,
    base_of,
    carry_for_merging,
    kept_base,
    name_of_draft,
    seal,
    unseal,
)
from dashboard.web.editing import Difference
from dashboard.web.merging import Clashing, is_masked, merged_for, put_on_top
from dashboard.web.notices import Notice
from dashboard.web.opened import Opened
from dashboard.web.saving import Verdict, reason_of
from dashboard.web.visits import KeyVisit
from storage_core.exceptions import RefusedEdit, StorageError, UnreadableValue
from storage_core.values.covered import WOULD_SHOW
from storage_core.values.masking import MASK

__all__ = ["Change", "Conflict", "complaint_of", "opening", "propose"]

MASKED_IN_IT: Final = "parts of it are masked"
"""How the reader says why something with masks in it cannot be edited as a whole."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change form at one of its steps.

    `shown` is the digest of the bytes whose differences are shown, `draft` those bytes themselves
    where they do not follow from what was typed.
    """

    carried: Carried
    notice: Notice | None = None
    error: str = ""
    question: str = ""
    refusal: str = ""
    differences: Sequence[Difference] = ()
    shown: str = ""
    draft: str = ""
    conflict: Conflict | None = None
    can_save: bool = True
    reason: str = field(default="", kw_only=True)
    status: int = field(default=200, kw_only=True)


async def opening(visit: KeyVisit, data: bytes, *, refusal: str = "") -> Change:
    """The form as it is opened, or why it cannot be used."""
    said = wording.sentence(refusal)
    if MASKED_IN_IT in refusal:
        said = f"{said} {advice_on(visit)}"
    return Change(await carry_for_merging(visit, data), refusal=said)


async def propose(visit: KeyVisit, opened: Opened, make: Make) -> Change | Verdict:
    """Take one step with a posted form: to the form's next step, or to a verdict if it is saved."""
    posted = visit.request.POST
    current = opened.data if opened.state == "here" else None
    base = base_of(posted, current).data
    if base is None:
        base = await kept_base(visit, posted.get("digest", ""))
    if base is None and opened.state not in ("here", "missing"):
        notice = notices.careful("Nothing was changed.", f"{opened.why} What you typed is here.")
        kept = Carried(posted.get("base", ""), posted.get("digest", ""))
        return Change(kept, notice, reason=reason_of(visit), status=422)
    if base is None and current is None:
        notice = notices.careful(
            "The key is gone.", "What you typed is still here. You can create it anew."
        )
        return Change(await carry_for_merging(visit, b""), notice, can_save=False, status=409)
    if base is None and current is not None:
        text = "What it held when you began is not kept any more. This is your change on top of it."
        return await attempt(
            visit, current, make, notices.careful("The value changed meanwhile.", text)
        )
    if base is None:
        raise AssertionError("One of the two is there.")
    if posted.get("step") == "choose":
        return await chosen(visit, base, make)
    draft = await unseal(visit, posted.get("draft", ""))
    if draft is not None and posted.get("step") == "save":
        return await saved(visit, base, draft, current)
    return await attempt(visit, base, make, current=current)


async def attempt(
    visit: KeyVisit,
    base: bytes,
    make: Make,
    notice: Notice | None = None,
    *,
    current: bytes | None = None,
) -> Change | Verdict:
    """Work the change out; save it if this very change was shown, else show it."""
    reason = reason_of(visit)
    try:
        new = await make(base)
    except editing.TypeWouldChange as error:
        question = wording.sentence(str(error))
        return Change(
            await carry_for_merging(visit, base),
            notice,
            question=question,
            reason=reason,
            status=422,
        )
    except StorageError as error:
        said = complaint_of(error)
        if WOULD_SHOW in said:
            said = f"{said} {advice_on(visit)}"
        return Change(
            await carry_for_merging(visit, base), notice, error=said, reason=reason, status=422
        )
    if new == base and not await is_masked(visit, base):
        nothing = notices.careful("Nothing would change.", "This is what is stored already.")
        return Change(await carry_for_merging(visit, base), nothing, reason=reason)
    posted = visit.request.POST
    is_shown = posted.get("step") == "save" and posted.get("shown") == name_of_draft(new)
    if is_shown and notice is None:
        return await saved(visit, base, new, current)
    return await reviewing(visit, base, new, notice)


def complaint_of(error: StorageError) -> str:
    """What is wrong, as a sentence; where in the typed text, if it says so."""
    text = str(error)
    if isinstance(error, RefusedEdit) and error.line is not None and "line" not in text:
        text = f"line {error.line}, column {error.column or 1}: {text}"
    return wording.sentence(text)


async def reviewing(
    visit: KeyVisit, base: bytes, new: bytes, notice: Notice | None = None, *, draft: str = ""
) -> Change:
    """The form that shows what would change, ready to be saved."""
    found = await editing.differences(base, new, visit.mask)
    if new == base:  # what is masked, typed again: as if it were another text
        path = links.asked(visit.request, "path")
        found = [Difference(editing.shown(path), MASK, MASK)]
    return Change(
        await carry_for_merging(visit, base),
        notice,
        differences=found,
        shown=name_of_draft(new),
        draft=draft,
        reason=reason_of(visit),
        status=409 if notice else 200,
    )


async def saved(
    visit: KeyVisit, base: bytes, new: bytes, current: bytes | None
) -> Change | Verdict:
    """Write it, on top of what the bot wrote in other places, and say what became of it.

    `current` is what the store held a moment ago; None if nobody knows.
    """
    try:
        found = await put_on_top(visit, base, new, current or base, reason_of(visit))
    except UnreadableValue as error:
        found = Verdict("refused", not_merged(error))
    if isinstance(found, Clashing):
        return await both_sides(visit, base, new, found)
    if found.word == "saved":
        return found
    is_outrun = found.word == "changed" and found.current is not None
    return Change(
        await carry_for_merging(visit, base),
        found.notice,
        differences=await editing.differences(base, new, visit.mask),
        shown=name_of_draft(new),
        draft=visit.request.POST.get("draft", ""),
        can_save=found.word == "refused" or is_outrun,
        reason=reason_of(visit),
        status=found.status,
    )


def not_merged(error: UnreadableValue) -> Notice:
    """That two changes could not even be compared."""
    why = wording.sentence(str(error)).removesuffix(".")
    text = f"{why}. Nothing was changed, and what you typed is here."
    return notices.bad("This cannot be put together with what was written meanwhile.", text)


async def both_sides(visit: KeyVisit, base: bytes, mine: bytes, clashing: Clashing) -> Change:
    """The bot's change and this one, for the person to choose."""
    theirs, merged = clashing.theirs, clashing.merged
    author = await author_of(visit, theirs)
    title = f"{author} changed this value while you were editing."
    return Change(
        await carry_for_merging(visit, theirs),
        notices.careful(title, said_of(merged.clashes)),
        conflict=await conflict_of(visit, author, base, mine, merged),
        can_save=may_choose(merged),
        reason=reason_of(visit),
        status=409,
    )


async def author_of(visit: KeyVisit, data: bytes) -> str:
    """Who wrote these bytes: a person, if the journal says so, else the bot."""
    rows = await queries.for_key(visit.store.name, visit.stored_key, limit=3)
    return next((wording.visible(row.who) for row in rows if row.after == data), "The bot")


async def chosen(visit: KeyVisit, theirs: bytes, make: Make) -> Change:
    """What the person chose for each place that both sides changed, to be looked at once more."""
    posted = visit.request.POST
    base = await unseal(visit, posted.get("origin", ""))
    mine = await unseal(visit, posted.get("sealed", ""))
    if base is None or mine is None:
        notice = notices.careful(
            "This form is too old.", "Open the value again to see what it holds."
        )
        return Change(await carry_for_merging(visit, theirs), notice, can_save=False, status=409)
    try:
        merged = await merged_for(visit, base, mine, theirs)
    except UnreadableValue as error:
        kept = await carry_for_merging(visit, base)
        return Change(kept, not_merged(error), reason=reason_of(visit), status=422)
    keep = {one.place: posted.get(choice_at(one.place)) == "mine" for one in merged.clashes}
    try:
        new = await decided(visit, (base, mine, theirs), keep, make)
    except StorageError as error:
        bad = notices.bad("This cannot be put together.", complaint_of(error))
        author = await author_of(visit, theirs)
        conflict = await conflict_of(visit, author, base, mine, merged)
        return Change(
            await carry_for_merging(visit, theirs),
            bad,
            conflict=conflict,
            reason=reason_of(visit),
            status=409,
        )
    if new == theirs and not any(keep.values()):
        text = "You kept what the bot wrote. There is nothing to save."
        return Change(
            await carry_for_merging(visit, theirs),
            notices.good("Nothing would change.", text),
            can_save=False,
        )
    return await reviewing(visit, theirs, new, draft=await seal(visit, new))
