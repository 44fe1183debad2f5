"""One entry of the journal: what was changed, shown as a change, and what became of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard.access import Verb
from dashboard.journal import queries
from dashboard.journal.queries import JournalRow
from dashboard.web import links, wording
from dashboard.web.comparing import change_between
from dashboard.web.journal_sight import visible_lines
from dashboard.web.notices import notices_of
from dashboard.web.responding import respond
from dashboard.web.restoring import states_of
from dashboard.web.revealing import mask_for
from dashboard.web.views.journal import line_of
from dashboard.web.visits import NotHere, Visit, enter
from dashboard.web.wording import moment

__all__ = ["journal_entry", "line_at"]


@require_safe
async def journal_entry(request: HttpRequest, number: int) -> HttpResponse:
    """Somebody who may see the journal of the place that the entry is about."""
    visit = await enter(request)
    row = await line_at(visit, number)
    sees_value = visit.rights.may(Verb.SEE_VALUES, row.store, row.ref.namespace)
    context = visit.context() | {
        "notes": notices_of(request),
        "is_journal": True,
        "line": line_of(visit, row),
        "facts": facts_of(row),
        "words": [
            {
                "at": moment(word.at, now=visit.now),
                "said": row.said_of(word.answer),
                "state": word.answer.value,
                "note": wording.visible(word.note),
            }
            for word in await queries.words_on(number)
        ],
        "is_change": row.is_change,
        "sees_value": sees_value,
        "change": await change_of(visit, row) if sees_value and row.is_change else None,
        "states": [
            {"title": state.title, "url": links.url("restore", str(number), state=state.name)}
            for state in states_of(row)
        ],
    }
    return respond(request, "journal_entry.html", context)


async def line_at(visit: Visit, number: int) -> JournalRow:
    """The line of this number. Raises NotHere if it is not there or not this person's to see."""
    row = await queries.line(number, visible_lines(visit.rights))
    if row is None:
        raise NotHere(f"entry {number} of the journal", links.url("journal"), "The journal")
    return row


def facts_of(row: JournalRow) -> list[dict[str, Any]]:
    """What is known of the entry beside its values."""
    facts = [
        {"title": "When", "text": f"{row.at:%Y-%m-%d %H:%M:%S} UTC"},
        {"title": "Who", "text": wording.visible(row.who) or "the server"},
        {"title": "From", "text": row.address or "not known"},
        {"title": "Reason", "text": wording.visible(row.reason) or "none given"},
    ]
    if row.is_change:
        facts.append({"title": "Expiry", "text": expiry_of(row)})
    return facts


def expiry_of(row: JournalRow) -> str:
    """What the change did to the expiry, in words."""
    before = said(row.before_expires_at)
    if row.keeps_expiry:
        return f"{before}, kept as it was" if row.after is not None else before
    return (
        said(row.after_expires_at)
        if row.before is None
        else f"{before}, then {said(row.after_expires_at)}"
    )


def said(expires_at: float | None) -> str:
    ends = moment(expires_at)
    return f"expires {ends.exact}" if ends else "never expires"


async def change_of(visit: Visit, row: JournalRow) -> dict[str, Any]:
    """What the change did to the value, as far as this person may see it."""
    mask = await mask_for(visit.request, visit.rights, row.store, row.stored_key)
    return await change_between(row.before, row.after, mask)
