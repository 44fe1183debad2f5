"""Asking for the password again before what is delicate, where the sign-in is old."""

from django.http import HttpRequest, HttpResponse

from dashboard.access import recently_proved
from dashboard.web import links
from dashboard.web.responding import send_to

__all__ = ["proof_first"]


async def proof_first(request: HttpRequest, back: str) -> HttpResponse | None:
    """None for whoever proved who they are lately; else the way to the password and on to `back`.

    `back` is an address of ours, that of the page on which the person asks again.
    """
    if await recently_proved(request):
        return None
    return send_to(request, links.url("confirm", next=back))
