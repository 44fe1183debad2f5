"""Letting a person in by a one-time link."""

import time

from asgiref.sync import sync_to_async
from django.contrib.auth import alogin
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dashboard.access import people
from dashboard.access.sessions import CAME_BY_LINK_AT

__all__ = ["sign_in_link"]

BACKEND = "django.contrib.auth.backends.ModelBackend"


@login_not_required
@never_cache
@require_safe
async def sign_in_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Sign in whoever holds the secret; it works once.

    The link is shown in a terminal and opened by hand, so following it is the whole ceremony.
    """
    person = await sync_to_async(people.redeem_link)(secret)
    if person is None:
        return render(request, "sign_in_link.html", status=403)
    await alogin(request, person, backend=BACKEND)
    await request.session.aset(CAME_BY_LINK_AT, time.time())
    return redirect("overview")
