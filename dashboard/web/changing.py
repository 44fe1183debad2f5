"""The way from what a person typed to what is saved, the same for every kind of change.

A change form is posted in steps. `review` shows what would change. `save` writes exactly what was
shown. When the bot wrote meanwhile, both sides are shown: what does not touch is merged and can be
saved as it is, for the rest the person chooses (`choose`), and looks again.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from dashboard import reading
from dashboard.journal import queries
from dashboard.web import editing, links, notices, wording
from dashboard.web.drafts import CARRIED, Carried, base_of, carry, name_of_draft, seal, unseal
from dashboard.web.editing import Difference, Merged
from dashboard.web.notices import Notice
from dashboard.web.opened import Opened
from dashboard.web.saving import Verdict, reason_of, save
from dashboard.web.visits import KeyVisit
from storage_core.exceptions import RefusedEdit, StorageError
from storage_core.values.masking import MASK

__all__ = ["Change", "Conflict", "complaint_of", "opening", "propose"]

Make = Callable[[bytes], Awaitable[bytes]]
"""From the bytes that were read to the bytes that are wanted. Raises RefusedEdit."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One place that both sides changed: the form field that decides, and the two texts."""

    name: str
    path: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """The two sides. `origin` and `mine` are sealed bytes that the choosing form brings back."""

    author: str
    mine: Sequence[Difference]
    theirs: Sequence[Difference]
    choices: Sequence[Choice]
    origin: str
    sealed: str


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
    return Change(await carry(visit, data), refusal=wording.sentence(refusal))


async def propose(visit: KeyVisit, opened: Opened, make: Make) -> Change | Verdict:
    """Take one step with a posted form: to the form's next step, or to a verdict if it is saved."""
    posted = visit.request.POST
    current = opened.data if opened.state == "here" else None
    base = base_of(posted, current).data
    if base is None and opened.state not in ("here", "missing"):
        notice = notices.careful("Nothing was changed.", f"{opened.why} What you typed is here.")
        kept = Carried(posted.get("base", ""), posted.get("digest", ""))
        return Change(kept, notice, reason=reason_of(visit), status=422)
    if base is None and current is None:
        notice = notices.careful(
            "The key is gone.", "What you typed is still here. You can create it anew."
        )
        return Change(await carry(visit, b""), notice, can_save=False, status=409)
    if base is None and current is not None:
        text = (
            "It is too large, or parts of it are masked, so that both sides cannot be shown."
            " This is your change on top of the newest value."
        )
        return await attempt(
            visit, current, make, notices.careful("The value changed meanwhile.", text)
        )
    if base is None:
        raise AssertionError("One of the two is there.")
    if posted.get("step") == "choose":
        return await chosen(visit, base, make)
    draft = unseal(visit, posted.get("draft", ""))
    if draft is not None and posted.get("step") == "save":
        return await saved(visit, base, draft, make)
    return await attempt(visit, base, make)


async def attempt(
    visit: KeyVisit, base: bytes, make: Make, notice: Notice | None = None
) -> Change | Verdict:
    """Work the change out; save it if this very change was shown, else show it."""
    reason = reason_of(visit)
    try:
        new = await make(base)
    except editing.TypeWouldChange as error:
        question = wording.sentence(str(error))
        return Change(
            await carry(visit, base), notice, question=question, reason=reason, status=422
        )
    except StorageError as error:
        said = complaint_of(error)
        return Change(await carry(visit, base), notice, error=said, reason=reason, status=422)
    if new == base and not await is_masked(visit, base):
        nothing = notices.careful("Nothing would change.", "This is what is stored already.")
        return Change(await carry(visit, base), nothing, reason=reason)
    posted = visit.request.POST
    is_shown = posted.get("step") == "save" and posted.get("shown") == name_of_draft(new)
    if is_shown and notice is None:
        return await saved(visit, base, new, make)
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
        await carry(visit, base),
        notice,
        differences=found,
        shown=name_of_draft(new),
        draft=draft,
        reason=reason_of(visit),
        status=409 if notice else 200,
    )


async def is_masked(visit: KeyVisit, data: bytes) -> bool:
    """Whether the part that is edited is masked, so that nothing may tell that it was guessed."""
    path = links.asked(visit.request, "path")
    outline = await reading.outline(data, path, mask=visit.mask, depth=0, limit=1)
    return bool(outline["rows"][0]["group"] == "masked")


async def saved(visit: KeyVisit, base: bytes, new: bytes, make: Make) -> Change | Verdict:
    """Write it, and say what became of it."""
    reason = reason_of(visit)
    verdict = await save(visit, base, new, reason)
    if verdict.word == "saved":
        return verdict
    if verdict.word == "changed" and verdict.current is not None:
        return await both_sides(visit, base, new, verdict.current.data, make)
    return Change(
        await carry(visit, base),
        verdict.notice,
        differences=await editing.differences(base, new, visit.mask),
        shown=name_of_draft(new),
        can_save=verdict.word == "refused",
        reason=reason,
        status=verdict.status,
    )


async def both_sides(
    visit: KeyVisit, base: bytes, mine: bytes, theirs: bytes, make: Make
) -> Change | Verdict:
    """The bot wrote meanwhile: its change and this one, merged where they do not touch."""
    is_large = max(len(base), len(mine), len(theirs)) > CARRIED
    if is_large or await reading.hides(base, mine, theirs, mask=visit.mask):
        text = "This is your change on top of the newest value."
        return await attempt(
            visit, theirs, make, notices.careful("The value changed meanwhile.", text)
        )
    merged = await editing.merged(base, mine, theirs, visit.mask)
    author = await author_of(visit, theirs)
    conflict = conflict_of(visit, author, base, mine, merged)
    title = f"{author} changed this value while you were editing."
    if merged.data is None:
        notice = notices.careful(
            title, "It is the same place that you changed. Choose what to keep."
        )
        change = Change(await carry(visit, theirs), notice, conflict=conflict)
    else:
        notice = notices.careful(title, "That does not touch your change. Saving keeps both.")
        change = Change(
            await carry(visit, theirs),
            notice,
            shown=name_of_draft(merged.data),
            draft=seal(visit, merged.data),
            conflict=conflict,
        )
    return replace(change, reason=reason_of(visit), status=409)


async def author_of(visit: KeyVisit, data: bytes) -> str:
    """Who wrote these bytes: a person, if the journal says so, else the bot."""
    rows = await queries.for_key(visit.store.name, visit.stored_key, limit=3)
    return next((wording.visible(row.who) for row in rows if row.after == data), "The bot")


def conflict_of(visit: KeyVisit, author: str, base: bytes, mine: bytes, merged: Merged) -> Conflict:
    choices = [
        Choice(f"choice-{links.mark_of(one.path)}", one.shown, one.mine, one.theirs)
        for one in merged.clashes
    ]
    sealed = seal(visit, base), seal(visit, mine)
    return Conflict(author, merged.mine, merged.theirs, choices, *sealed)


async def chosen(visit: KeyVisit, theirs: bytes, make: Make) -> Change:
    """What the person chose for each place that both sides changed, to be looked at once more."""
    posted = visit.request.POST
    base, mine = unseal(visit, posted.get("origin", "")), unseal(visit, posted.get("sealed", ""))
    sides = [one for one in (base, mine, theirs) if one is not None]
    if base is None or mine is None or await reading.hides(*sides, mask=visit.mask):
        notice = notices.careful(
            "This form is too old.", "Open the value again to see what it holds."
        )
        return Change(await carry(visit, theirs), notice, can_save=False, status=409)
    merged = await editing.merged(base, mine, theirs, visit.mask)
    keep = {
        one.path: posted.get(f"choice-{links.mark_of(one.path)}", "theirs") == "mine"
        for one in merged.clashes
    }
    try:
        if len(merged.mine) == 1 and any(keep.values()):
            new = await make(theirs)
        else:
            new = await editing.resolved(base, mine, theirs, keep, merged.clashes)
    except StorageError as error:
        bad = notices.bad("This cannot be put together.", complaint_of(error))
        author = await author_of(visit, theirs)
        conflict = conflict_of(visit, author, base, mine, merged)
        return Change(
            await carry(visit, theirs), bad, conflict=conflict, reason=reason_of(visit), status=409
        )
    if new == theirs:
        text = "You kept what the bot wrote. There is nothing to save."
        return Change(
            await carry(visit, theirs), notices.good("Nothing would change.", text), can_save=False
        )
    return await reviewing(visit, theirs, new, draft=seal(visit, new))
