"""Django's middleware on the event loop: what it does stays, what it costs does not."""

import secrets

from asgiref.sync import SyncToAsync
from django.contrib import messages
from django.http import HttpResponse
from django.test import AsyncRequestFactory

from dashboard.web import middleware


async def answer(request):
    return HttpResponse("here")


async def test_what_only_looks_at_headers_needs_no_thread(monkeypatch):
    async def refuse(*_):
        raise AssertionError("This was sent to a thread.")

    chain = answer
    for part in (
        middleware.FrameOptions,
        middleware.Messages,
        middleware.Authentication,
        middleware.Csrf,
        middleware.Common,
        middleware.Sessions,
        middleware.ContentSecurity,
        middleware.Security,
    ):
        chain = part(chain)
    monkeypatch.setattr(SyncToAsync, "__call__", refuse)
    said = await chain(AsyncRequestFactory().get("/"))
    assert said.content == b"here"
    assert said["X-Frame-Options"] == "DENY"
    assert "default-src" in said["Content-Security-Policy"]


async def test_a_message_that_does_not_fit_a_cookie_is_kept_in_the_session(transactional_db):
    async def say(request):
        messages.success(request, secrets.token_hex(4000))  # it is packed
        return HttpResponse("here")

    chain = middleware.Sessions(middleware.Messages(say))
    said = await chain(AsyncRequestFactory().get("/"))
    assert "sessionid" in said.cookies
