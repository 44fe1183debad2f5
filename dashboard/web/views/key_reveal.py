"""Revealing what is masked in a value, and masking it again."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from dashboard.access import Verb
from dashboard.journal.models import Deed
from dashboard.web import links
from dashboard.web.on_record import put_on_record
from dashboard.web.proving import proof_first
from dashboard.web.responding import send_to
from dashboard.web.revealing import REVEALED_FOR, cover, reveal
from dashboard.web.visits import KeyVisit, enter_key

__all__ = ["key_reveal"]


@require_POST
async def key_reveal(request: HttpRequest, store: str) -> HttpResponse:
    """Somebody who may reveal it, and proved lately who they are.

    It is on record before it is seen. With `do=hide` it is masked again.
    """
    visit = await enter_key(request, store, Verb.SEE_VALUES)
    visit.rights.require(Verb.REVEAL, store, visit.ref.namespace)
    page = page_of(visit)
    if request.POST.get("do") == "hide":
        await cover(request, store, visit.stored_key)
        return send_to(request, page)
    if (first := await proof_first(request, page)) is not None:
        return first
    text = f"Masked parts can be seen for {REVEALED_FOR / 60:.0f} minutes."
    await put_on_record(visit, Deed.REVEAL, text, store=store, stored_key=visit.stored_key)
    await reveal(request, store, visit.stored_key)
    return send_to(request, page)


def page_of(visit: KeyVisit) -> str:
    """Where the button was pressed: on the value's page, or on that of an earlier version."""
    store, key, number = visit.store.name, visit.stored_key, visit.request.POST.get("version", "")
    if number.isdecimal():
        return links.key_url(store, key, "key-version", number=number)
    return links.key_url(store, key)
