"""Taking the journal along as CSV or JSON lines. That somebody did so is itself on record."""

import csv
import io
import json
from collections.abc import AsyncIterator, Mapping
from typing import Final

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_POST

from dashboard.journal import queries
from dashboard.journal.models import Deed
from dashboard.journal.queries import JournalRow
from dashboard.web import wording
from dashboard.web.journal_asking import asked_of
from dashboard.web.journal_sight import exportable_lines, require_export
from dashboard.web.on_record import put_on_record
from dashboard.web.visits import enter

__all__ = ["journal_export"]

COLUMNS: Final = (
    *("number", "at", "person", "address", "deed", "store", "namespace", "key"),
    *("reason", "answer", "note"),
)
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula when it begins so."""
TYPES: Final = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}


@require_POST
async def journal_export(request: HttpRequest) -> HttpResponseBase:
    """The lines that were asked for, of the places whose lists this person may take along.

    Values are not among them: they stay where rights guard them.
    """
    visit = await enter(request)
    require_export(visit.rights)
    asked = asked_of(request.POST.dict())
    form = "csv" if request.POST.get("as") == "csv" else "jsonl"
    asking = ", ".join(f"{name} {text}" for name, text in asked.typed.items() if text)
    await put_on_record(visit, Deed.EXPORT, f"The journal as {form}: {asking or 'all of it'}.")
    lines = queries.each(exportable_lines(visit.rights), asked.filters)
    write = written_as_csv if form == "csv" else written_as_json
    response = StreamingHttpResponse(write(lines), content_type=TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="journal.{form}"'
    response["Cache-Control"] = "private, no-store"
    return response


async def written_as_csv(lines: AsyncIterator[JournalRow]) -> AsyncIterator[bytes]:
    """A head and a row for each line."""
    yield csv_row(COLUMNS)
    async for line in lines:
        facts = facts_of(line)
        yield csv_row([tame(facts[name]) for name in COLUMNS])


def csv_row(cells: tuple[str, ...] | list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode("utf-8", "backslashreplace")


def tame(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


async def written_as_json(lines: AsyncIterator[JournalRow]) -> AsyncIterator[bytes]:
    """An object for each line."""
    async for line in lines:
        yield json.dumps(facts_of(line)).encode("ascii") + b"\n"


def facts_of(line: JournalRow) -> Mapping[str, str]:
    """One line as it leaves."""
    return {
        "number": str(line.id),
        "at": line.at.isoformat(),
        "person": line.who,
        "address": line.address,
        "deed": line.deed.value,
        "store": line.store,
        "namespace": line.namespace,
        "key": wording.visible(line.stored_key) if line.has_key else "",
        "reason": line.reason,
        "answer": line.answer.value if line.answer else "pending",
        "note": line.note,
    }
