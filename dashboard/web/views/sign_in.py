"""Signing in with a password, and out."""

from asgiref.sync import sync_to_async
from django import forms
from django.contrib.auth import alogin, alogout, authenticate
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.web.responding import is_partial, respond

__all__ = ["sign_in", "sign_out"]

NOT_TOGETHER = "This name and password do not go together, or the person is disabled."
LOCKED_OUT = "Too many tries that failed. Wait a quarter of an hour, or ask an admin for a link."


class SignInForm(forms.Form):
    """A name and a password; which of the two was wrong is not told."""

    username = forms.CharField(max_length=150)
    password = forms.CharField(max_length=4096, strip=False)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
async def sign_in(request: HttpRequest) -> HttpResponse:
    """Anybody; whoever is signed in already goes on."""
    if is_partial(request):
        # A part of an open page was asked for after the session had ended: load the page anew.
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    target = next_page(request)
    user = await request.auser()
    if user.is_authenticated:
        return redirect(target)
    error = ""
    if request.method == "POST":
        form = SignInForm(request.POST)
        person = None
        if form.is_valid():
            # Not `aauthenticate`: it would pass by the backend that counts the failures.
            person = await sync_to_async(authenticate)(request, **form.cleaned_data)
        if person is not None:
            await alogin(request, person)
            return redirect(target)
        error = LOCKED_OUT if getattr(request, "axes_locked_out", False) else NOT_TOGETHER
    context = {
        "error": error,
        "is_locked": error == LOCKED_OUT,
        "name": request.POST.get("username", ""),
        "next": request.POST.get("next") or request.GET.get("next", ""),
    }
    return respond(request, "sign_in.html", context, status=422 if error else 200)


@require_POST
async def sign_out(request: HttpRequest) -> HttpResponse:
    """Anybody who is signed in."""
    await alogout(request)
    return redirect("sign-in")


def next_page(request: HttpRequest) -> str:
    """Where the person wanted to go, if that is one of our pages; else the first page."""
    target = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if is_ours else "/"
