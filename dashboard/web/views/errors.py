"""The pages for what is not there, not allowed, or went wrong.

Django calls these outside the event loop. No store is asked; who is here is, save where the fault
may lie there, for a person who took a wrong turn wants the bar to go on from.
"""

from typing import Any

from asgiref.sync import async_to_sync
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse

from dashboard.access import NotAllowed
from dashboard.web import links
from dashboard.web.permits import why_url
from dashboard.web.responding import respond
from dashboard.web.visits import NotHere, WhileLooking, arrive

__all__ = [
    "broken",
    "forged",
    "not_allowed",
    "not_found",
    "not_understood",
    "signed_out",
    "unrecorded",
]


def bar_for(request: HttpRequest) -> dict[str, Any]:
    """What the bar above the page needs; nothing for somebody who is signed out."""
    try:
        return async_to_sync(arrive)(request).context()
    except Http404:
        return {}


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: says what was looked for, and leads back."""
    lost = NotHere("", links.url("overview"), "All stores")
    found = exception if isinstance(exception, NotHere) else lost
    context = bar_for(request) | {
        "title": "There is nothing here",
        "said": f"We looked for {found.looked_for}."
        if found.looked_for
        else "The address leads to nothing that you can see.",
        "more": "It may have been deleted or have expired, or the address may be misspelled.",
        "back": found.back,
        "back_title": found.back_title,
    }
    return respond(request, "error.html", context, status=404)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: says what is missing and who can give it. Who looks as somebody else is told so."""
    bar = bar_for(request)
    looking = bar["visit"].looking if "visit" in bar else ""
    told = f"You look at the dashboard as {looking}: this is what such a person is told."
    more = told if looking and request.method != "POST" else ""
    context = bar | {
        "title": "You may not do this",
        "said": str(exception) or "Your role does not allow it.",
        "more": "Nothing was changed." if request.method == "POST" else more,
        "why_url": why_url(exception.verb, exception.store, exception.namespace)
        if isinstance(exception, NotAllowed)
        else "",
        "stops_looking": isinstance(exception, WhileLooking) or bool(more),
        "back": links.url("overview"),
        "back_title": "All stores",
    }
    return respond(request, "error.html", context, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """500: something went wrong that nobody foresaw."""
    context = {
        "title": "This page could not be made",
        "said": "Something went wrong on our side. It is in the server's log.",
        "more": "Nothing was changed by looking. If you were saving, look at the value first.",
        "back": links.url("overview"),
        "back_title": "All stores",
    }
    return respond(request, "error.html", context, status=500)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """403 for a form that did not come from a page of ours, or whose session has ended."""
    context = bar_for(request) | {
        "title": "This form is too old",
        "said": "You have signed in anew since it was opened, or cookies are switched off."
        " Send it once more.",
        "more": "Nothing was changed. If it does not go through, load its page again.",
        "brings_token": True,
        "back": links.url("overview"),
        "back_title": "All stores",
    }
    return respond(request, "error.html", context, status=403)


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 for a form that is larger than any page of ours sends."""
    is_large = isinstance(exception, RequestDataTooBig)
    context = bar_for(request) | {
        "title": "This is too large" if is_large else "This was not understood",
        "said": "A form may hold 8 MB at most." if is_large else "The request is not well formed.",
        "more": "Nothing was changed. A large value is best edited part by part.",
        "back": links.url("overview"),
        "back_title": "All stores",
    }
    return respond(request, "error.html", context, status=413 if is_large else 400)


def signed_out(request: HttpRequest) -> HttpResponse:
    """401 for a form or a part of a page whose person is not signed in any more."""
    context = {
        "title": "You are not signed in any more",
        "said": "Your session has ended. Sign in again in another tab, then come back to this one.",
        "more": "Nothing was changed. Going back shows the form as you left it.",
        "back": links.url("sign-in"),
        "back_title": "Sign in",
    }
    return respond(request, "error.html", context, status=401)


def unrecorded(request: HttpRequest, exception: Exception) -> HttpResponse:
    """503: without a record nothing is done."""
    context = {
        "title": "This could not be put on record",
        "said": str(exception),
        "more": "Nothing was changed.",
        "back": links.url("overview"),
        "back_title": "All stores",
    }
    return respond(request, "error.html", context, status=503)
