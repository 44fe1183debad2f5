"""Typing the password again before something delicate, where the sign-in is old."""

import time

from asgiref.sync import sync_to_async
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from dashboard.access.sessions import PROVED_AT
from dashboard.web.responding import respond, send_to
from dashboard.web.views.account import may_choose_password
from dashboard.web.views.sign_in import LOCKED_OUT, next_page
from dashboard.web.visits import Visit, enter

__all__ = ["confirm"]


@require_http_methods(["GET", "HEAD", "POST"])
async def confirm(request: HttpRequest) -> HttpResponse:
    """Anybody who is signed in; goes on to `next` once the password is right."""
    visit = await enter(request)
    error = await complaint_of(visit) if request.method == "POST" else ""
    if request.method == "POST" and not error:
        await request.session.aset(PROVED_AT, time.time())
        return send_to(request, next_page(request))
    context = visit.context() | {
        "error": error,
        "has_password": visit.user.has_usable_password(),
        "may_choose": await may_choose_password(visit),
        "next": request.POST.get("next") or request.GET.get("next", ""),
    }
    return respond(request, "confirm.html", context, status=422 if error else 200)


@sensitive_variables()
async def complaint_of(visit: Visit) -> str:
    """What is wrong with the password that was typed; counted as when signing in."""
    typed = visit.request.POST.get("password", "")
    person = await sync_to_async(authenticate)(visit.request, username=visit.name, password=typed)
    if person is not None and person.pk == visit.user.pk:
        return ""
    is_locked = getattr(visit.request, "axes_locked_out", False)
    return LOCKED_OUT if is_locked else "This is not your password."
