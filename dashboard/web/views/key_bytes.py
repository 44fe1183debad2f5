"""The stored bytes of a value: as hex, and as a file."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from dashboard.access import Verb
from dashboard.web import links, wording
from dashboard.web.covered import hex_of
from dashboard.web.opened import open_value
from dashboard.web.permits import permit
from dashboard.web.responding import is_partial, respond
from dashboard.web.taking_along import as_file
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
        "permits": {"export": permit(visit, Verb.EXPORT, visit.ref.namespace)},
        "download_url": links.key_url(store, visit.stored_key, "key-download"),
    }
    return respond(request, "key.html", context, part="hex")


@require_POST
async def key_download(request: HttpRequest, store: str) -> HttpResponse:
    """The stored bytes as a file. A form, for it goes on record and no link of others' does it."""
    visit = await enter_key(request, store, Verb.EXPORT)
    opened = await open_value(visit)
    if opened.stored is None:
        raise missing(visit)
    # The key itself may hold anything, so the file is not called by it.
    name = links.mark_of(visit.stored_key)
    return await as_file(visit, opened.data, name, "The stored bytes, as a file.")
