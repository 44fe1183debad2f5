"""Taking the audit along as CSV or JSON lines. That somebody did so is itself on record."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from dashboard.access import Verb
from dashboard.journal.models import Deed
from dashboard.web import links, wording
from dashboard.web.auditing import Asked, AuditRow, audit_of
from dashboard.web.on_record import put_on_record
from dashboard.web.views.journal_export import TYPES, csv_row, tame
from dashboard.web.visits import enter_namespace

__all__ = ["audit_export"]

COLUMNS: Final = (
    *("key", "kind", "size", "expires_at", "first_seen", "last_changed", "changed_after"),
    *("changes", "author", "since_review", "since_review_by"),
)


@require_POST
async def audit_export(request: HttpRequest, store: str) -> HttpResponse:
    """The rows that the filters let through. Values are not among them."""
    visit = await enter_namespace(request, store, None, Verb.EXPORT)
    asked = Asked.of(links.asked_all(request))
    form = "csv" if request.POST.get("as") == "csv" else "jsonl"
    said = f"The audit of shared keys as {form}: {asked.words}."
    await put_on_record(visit, Deed.EXPORT, said, store=store)
    audit = await audit_of(visit, asked, frozenset())
    rows = [facts_of(row) for row in (*audit.rows, *audit.gone)]
    body = as_csv(rows) if form == "csv" else as_json(rows)
    response = HttpResponse(body, content_type=TYPES[form])
    day = datetime.fromtimestamp(visit.now, UTC).date()
    response["Content-Disposition"] = f'attachment; filename="audit-{store}-{day}.{form}"'
    response["Cache-Control"] = "private, no-store"
    return response


def facts_of(row: AuditRow) -> Mapping[str, Any]:
    """One row as it leaves. What changed while nobody watched did so after `changed_after`, and no
    later than `last_changed`.
    """
    return {
        "key": wording.visible(row.stored_key),
        "kind": row.kind,
        "size": row.octets,
        "expires_at": row.expires.iso if row.expires else "",
        "first_seen": row.first_seen.iso if row.first_seen else "",
        "last_changed": row.changed.iso if row.changed else "",
        "changed_after": row.missed_from.iso if row.missed_from else "",
        "changes": 0 if row.changes == "–" else int(row.changes.replace(",", "")),
        "author": row.author,
        "since_review": row.since,
        "since_review_by": row.since_by,
    }


def as_csv(rows: list[Mapping[str, Any]]) -> bytes:
    """A head and a row for each key."""
    cells = [
        [tame("" if row[name] is None else str(row[name])) for name in COLUMNS] for row in rows
    ]
    return b"".join([csv_row(COLUMNS), *map(csv_row, cells)])


def as_json(rows: list[Mapping[str, Any]]) -> bytes:
    """An object for each key."""
    return b"".join(json.dumps(row).encode("ascii") + b"\n" for row in rows)
