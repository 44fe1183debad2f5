"""The stored bytes of a value: as hex, and as a file."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard import reading
from dashboard.access import Verb
from dashboard.web import links, wording
from dashboard.web.covered import COVERED, hex_of
from dashboard.web.opened import open_value
from dashboard.web.responding import is_partial, respond
from dashboard.web.views.key import answer_key, missing
from dashboard.web.visits import enter_key

__all__ = ["key_download", "key_hex"]


@require_safe
async def key_hex(request: HttpRequest, store: str) -> HttpResponse:
    """The stored bytes as hex, from the first on."""
    visit = await enter_key(request, store, Verb.SEE_VALUES)
    opened = await open_value(visit)
    if opened.stored is None:
        raise missing(visit)
    if not is_partial(request):
        return await answer_key(visit, opened)
    context = visit.context() | {
        **await hex_of(visit, opened.data),
        "octets": wording.plural(len(opened.data), "byte"),
        "download_url": links.key_url(store, visit.stored_key, "key-download"),
    }
    return respond(request, "key.html", context, part="hex")


@require_safe
async def key_download(request: HttpRequest, store: str) -> HttpResponse:
    """The stored bytes as a file."""
    visit = await enter_key(request, store, Verb.SEE_VALUES)
    opened = await open_value(visit)
    if opened.stored is None:
        raise missing(visit)
    if await reading.hides(opened.data, mask=visit.mask):
        visit.rights.require(Verb.REVEAL, store, visit.ref.namespace)
        raise PermissionDenied(COVERED)
    response = HttpResponse(opened.data, content_type="application/octet-stream")
    name = links.mark_of(visit.stored_key)  # the key itself may hold anything
    response["Content-Disposition"] = f'attachment; filename="{name}.pickle"'
    response["Cache-Control"] = "private, no-store"
    return response
