"""The journal: who changed what, when, why, and what became of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard import marks, stores
from dashboard.access import Verb
from dashboard.journal import queries
from dashboard.journal.queries import JournalRow
from dashboard.web import links, wording
from dashboard.web.notices import notices_of
from dashboard.web.responding import respond
from dashboard.web.visits import Visit, enter
from dashboard.web.wording import moment

__all__ = ["journal", "line_of"]

PAGE = 50


@require_safe
async def journal(request: HttpRequest) -> HttpResponse:
    """The lines about stores whose journal this person may see, newest first."""
    visit = await enter(request)
    before = links.asked(request, "before")
    seen = [
        store.name
        for store in stores.all_stores()
        if visit.rights.may_somewhere(Verb.SEE_JOURNAL, store.name)
    ]
    found = await queries.latest(
        PAGE + 1, before=int(before) if before.isdecimal() else None, stores=seen
    )
    rows = [
        row
        for row in found[:PAGE]
        if visit.rights.may(Verb.SEE_JOURNAL, row.store, row.ref.namespace)
    ]
    context = visit.context() | {
        "notes": notices_of(request),
        "is_journal": True,
        "may_see": bool(seen) or not stores.all_stores(),
        "rows": [line_of(visit, row) for row in rows],
        "topic": visit.topics(marks.journal_topic()),
        "here": links.url("journal", before=before or None),
        "older": links.url("journal", before=found[PAGE - 1].id) if len(found) > PAGE else "",
        "is_first": not before,
    }
    return respond(request, "journal.html", context, parts=("lines",))


def line_of(visit: Visit, row: JournalRow) -> dict[str, Any]:
    """One line, prepared."""
    namespace = row.ref.namespace
    return {
        "id": row.id,
        "at": moment(row.at, now=visit.now),
        "who": wording.visible(row.who),
        "deed": row.deed.label,
        "store": row.store,
        "place": "shared" if namespace is None else wording.plugin_name(namespace)[0],
        "key": wording.visible(row.ref.key) or "(empty name)",
        "url": links.key_url(row.store, row.stored_key),
        "reason": wording.visible(row.reason),
        "state": row.answer.value if row.answer else "pending",
        "answer": row.answer.label if row.answer else "under way",
        "note": wording.visible(row.note),
    }
