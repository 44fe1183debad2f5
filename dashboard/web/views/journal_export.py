"""Taking the journal along as CSV or JSON lines. That somebody did so is itself on record."""

import csv
import hashlib
import io
import json
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_POST

from dashboard import marks, stores
from dashboard.access import Verb
from dashboard.journal import queries
from dashboard.journal.models import Deed
from dashboard.journal.queries import JournalRow
from dashboard.journal.recorder import Note, record_note
from dashboard.web import wording
from dashboard.web.journal_asking import Asked, asked_of
from dashboard.web.journal_sight import exportable_lines
from dashboard.web.visits import Visit, enter

__all__ = ["journal_export"]

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula when it begins so."""
TYPES: Final = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}


@require_POST
async def journal_export(request: HttpRequest) -> HttpResponseBase:
    """The lines that were asked for, of the places whose lists this person may take along.

    Values are not in it, only their sizes and digests: they stay where rights guard them.
    """
    visit = await enter(request)
    if not any(visit.rights.may_somewhere(Verb.EXPORT, one.name) for one in stores.all_stores()):
        raise PermissionDenied(visit.rights.why_not(Verb.EXPORT))
    asked = asked_of(request.POST.dict())
    form = "csv" if request.POST.get("as") == "csv" else "jsonl"
    await put_on_record(visit, asked, form)
    write = csv_lines if form == "csv" else json_lines
    response = StreamingHttpResponse(
        written(visit, asked, write), content_type=TYPES[form], headers={"Cache-Control": "no-store"}
    )
    response["Content-Disposition"] = f'attachment; filename="journal.{form}"'
    return response


async def put_on_record(visit: Visit, asked: Asked, form: str) -> None:
    """Say in the journal who takes what along, before anything leaves."""
    asking = ", ".join(f"{name} {text}" for name, text in asked.typed.items() if text)
    text = f"The journal as {form}, {asking or 'all of it'}."
    person = visit.person
    await record_note(Note(person.user, person.address, Deed.EXPORT, text))
    await marks.announce(marks.journal_topic())


async def written(
    visit: Visit, asked: Asked, write: Callable[[list[dict[str, Any]]], str]
) -> AsyncIterator[str]:
    """The file in pieces, page by page of the journal."""
    yield write([]) if write is json_lines else heads()
    pieces: list[dict[str, Any]] = []
    async for row in queries.each(exportable_lines(visit.rights), asked.filters):
        pieces.append(facts_of(row))
        if len(pieces) >= queries.BATCH:
            yield write(pieces)
            pieces = []
    yield write(pieces)


def facts_of(row: JournalRow) -> dict[str, Any]:
    """One line as it leaves."""
    return {
        "number": row.id,
        "at": row.at.isoformat(),
        "person": row.who,
        "address": row.address,
        "deed": row.deed.value,
        "store": row.store,
        "namespace": row.namespace,
        "key": wording.visible(row.stored_key) if row.has_key else "",
        "reason": row.reason,
        "answer": row.answer.value if row.answer else "pending",
        "note": row.note,
    }


def csv_lines(rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([tame(cell) for cell in row.values()] for row in rows)
    return text.getvalue()
