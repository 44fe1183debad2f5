"""Taking the bytes of a value along as a file: for whoever may export, and on record."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from dashboard import reading
from dashboard.access import Verb
from dashboard.journal.models import Deed
from dashboard.web.covered import COVERED
from dashboard.web.on_record import put_on_record
from dashboard.web.visits import KeyVisit

__all__ = ["as_file"]


async def as_file(visit: KeyVisit, data: bytes, name: str, said: str) -> HttpResponse:
    """`data` as the file `name`; the journal says `said`.

    Raises PermissionDenied while masks would hide a part of it, and JournalUnavailable.
    """
    store, key = visit.store.name, visit.stored_key
    if await reading.hides(data, mask=visit.mask):
        visit.rights.require(Verb.REVEAL, store, visit.ref.namespace)
        raise PermissionDenied(COVERED)
    await put_on_record(visit, Deed.EXPORT, said, store=store, stored_key=key)
    response = HttpResponse(data, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{name}.pickle"'
    response["Cache-Control"] = "private, no-store"
    return response
