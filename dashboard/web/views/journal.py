"""The journal: who changed what, when, why, and what became of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard import stores
from dashboard.access import Verb
from dashboard.journal import queries
from dashboard.journal.models import Deed
from dashboard.journal.queries import JournalRow
from dashboard.web import links, wording
from dashboard.web.journal_asking import asked_of, choices_for
from dashboard.web.journal_sight import may_export, visible_lines
from dashboard.web.notices import notices_of
from dashboard.web.responding import respond
from dashboard.web.topics import journal_topics
from dashboard.web.visits import Visit, enter
from dashboard.web.wording import moment

__all__ = ["journal", "line_of"]

PAGE = 50
ABOUT = {Deed.HISTORY: "", Deed.DISMISS: "a finding", Deed.REVIEW: "the shared keys"}
"""What deeds are about whose verb asks for that, where it is no single key."""


@require_safe
async def journal(request: HttpRequest) -> HttpResponse:
    """The lines that this person may see and asks for, newest first."""
    visit = await enter(request)
    given = links.asked_all(request)
    asked, before = asked_of(given), given.get("before", "")
    found = await queries.latest(
        PAGE + 1,
        before=int(before) if before.isdecimal() else None,
        visible=visible_lines(visit.rights),
        filters=asked.filters,
    )
    may = visit.rights.may_somewhere
    names = [store.name for store in stores.all_stores()]
    context = visit.context() | {
        "notes": notices_of(request),
        "is_journal": True,
        "may_see": any(may(Verb.SEE_JOURNAL, name) for name in names) or not names,
        "may_export": may_export(visit.rights),
        "asked": asked,
        "choices": choices_for(visit),
        "rows": [line_of(visit, row) for row in found[:PAGE]],
        "topic": visit.topics(*journal_topics(visit)),
        "here": links.url("journal", **asked.query, before=before or None),
        "older": links.url("journal", **asked.query, before=found[PAGE - 1].id)
        if len(found) > PAGE
        else "",
        "is_first": not before,
        "all_url": links.url("journal"),
        "export_url": links.url("journal-export"),
    }
    return respond(request, "journal.html", context, parts=("lines",))


def line_of(visit: Visit, row: JournalRow) -> dict[str, Any]:
    """One line, prepared."""
    namespace = row.ref.namespace
    return {
        "id": row.id,
        "url": links.url("journal-entry", str(row.id)),
        "at": moment(row.at, now=visit.now),
        "who": wording.visible(row.who) or "the server",
        "deed": row.deed.label,
        "store": row.store,
        "place": "shared" if namespace is None else wording.plugin_name(namespace)[0],
        "key": wording.key_name(row.ref.key),
        "about": about_of(row),
        "key_url": links.key_url(row.store, row.stored_key) if row.has_key else "",
        "reason": wording.visible(row.reason),
        "state": row.answer.value if row.answer else "pending",
        "answer": row.said_of(row.answer) if row.answer else "under way",
        "note": wording.visible(row.note),
    }


def about_of(row: JournalRow) -> str:
    """What a line is about that is about no single key, where its verb asks for that."""
    if row.has_key or row.deed not in ABOUT:
        return ""
    if row.deed is not Deed.HISTORY:
        return ABOUT[row.deed]
    return wording.plugin_name(row.namespace)[0] if row.namespace else "the shared keys"
