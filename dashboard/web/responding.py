"""Page or partial: the one place that decides, and says so to caches.

htmx asks for a part of a page by the id of the element that the answer replaces; a template's
partials carry the names of those ids. Everything else gets the whole page: a plain visit, a boosted
link, and Back, so that the history never holds a bare fragment.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import get_template
from django.utils.cache import patch_vary_headers

from dashboard.web.revealing import covers_of

__all__ = ["is_partial", "part_asked", "respond", "send_to"]

VARY = ("HX-Request", "HX-Target", "HX-Boosted", "HX-History-Restore-Request", "Cookie")


def is_partial(request: HttpRequest) -> bool:
    """Whether htmx asks for a part rather than the browser for a page."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def part_asked(request: HttpRequest, parts: tuple[str, ...]) -> str | None:
    """Which of these parts of a page is asked for, by its id; None for none of them."""
    target = request.headers.get("HX-Target", "") if is_partial(request) else ""
    return target if target in parts else None


def respond(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    parts: tuple[str, ...] = (),
    part: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, or the partial that is asked for by its id (`parts`), or else `part`."""
    name, chosen = template, None
    if is_partial(request):
        chosen = part_asked(request, parts) or part
        name = f"{template}#{chosen}" if chosen else template
    covers = covers_of(request)
    # A form that is a page of its own is posted as such: its answer has no part to replace.
    context = {"covers": covers, "is_part": chosen is not None, **context}
    html = get_template(name).render(context, request)
    # Data was made visible where it was prepared. Should a lone surrogate come through all the
    # same, it is spelled out: a page never fails to encode.
    response = HttpResponse(html.encode("utf-8", "backslashreplace"), status=status)
    response["Cache-Control"] = "private, no-store"
    if covers is not None and is_partial(request):
        # The page that this becomes a part of covers itself in time (see static/js/cover.js).
        response["HX-Trigger"] = json.dumps({"revealed": covers.at})
    patch_vary_headers(response, VARY)
    return response


def send_to(request: HttpRequest, address: str) -> HttpResponse:
    """After a change: on to `address`, as a whole page."""
    if is_partial(request):
        response = HttpResponse(status=204, headers={"HX-Redirect": address})
    else:
        response = HttpResponseRedirect(address, status=303)
    patch_vary_headers(response, VARY)
    return response
