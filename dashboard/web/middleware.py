"""Django's own middleware, without a thread for each of its steps.

Django sends every hook of a class of its own through a thread, since it cannot know that none of
them waits: twenty times for one request, which took more than half of what answering it costs. The
hooks of these only look at headers and set some; where one does more, it says so and is sent.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final, cast

from asgiref.sync import sync_to_async
from csp.middleware import CSPMiddleware
from django.contrib import messages
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.messages.storage.base import BaseStorage
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.security import SecurityMiddleware
from django.utils.deprecation import MiddlewareMixin

__all__ = [
    "Authentication",
    "Common",
    "ContentSecurity",
    "Csrf",
    "FrameOptions",
    "Messages",
    "Security",
    "Sessions",
]

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
Before = Callable[[HttpRequest], HttpResponseBase | None]
After = Callable[[HttpRequest, HttpResponseBase], HttpResponseBase]
View = Callable[..., HttpResponseBase]


class OnLoop(MiddlewareMixin):
    """Runs the hooks of a class on the event loop, in the order in which Django does."""

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        before: Before | None = getattr(self, "process_request", None)
        after: After | None = getattr(self, "process_response", None)
        answer = before(request) if before is not None else None
        if answer is None:
            answer = await cast("Awaitable[HttpResponseBase]", self.get_response(request))
        if after is None:
            return answer
        return (
            await sync_to_async(after)(request, answer)
            if self.waits(request)
            else after(request, answer)
        )

    def waits(self, request: HttpRequest) -> bool:  # noqa: ARG002 - for those which do
        """Whether what is done with the answer may have to wait, as for the database."""
        return False


class Security(OnLoop, SecurityMiddleware):
    pass


class ContentSecurity(OnLoop, CSPMiddleware):
    pass


class Common(OnLoop, CommonMiddleware):
    pass


class FrameOptions(OnLoop, XFrameOptionsMiddleware):
    pass


class Authentication(OnLoop, AuthenticationMiddleware):
    pass


class Sessions(OnLoop, SessionMiddleware):
    """A session that was changed is written to the database."""

    def waits(self, request: HttpRequest) -> bool:
        return request.session.modified


class Messages(OnLoop, MessageMiddleware):
    """What was said, or shown, may be kept in the session, which may not have been read yet."""

    def waits(self, request: HttpRequest) -> bool:
        said = messages.get_messages(request)
        return isinstance(said, BaseStorage) and (said.used or said.added_new)


class Csrf(OnLoop, CsrfViewMiddleware):
    """Looks into a form where one was sent; it may be large, and a refusal is a page."""

    async def process_view(  # type: ignore[override] # Django takes both, its types only one
        self, request: HttpRequest, callback: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        look = super().process_view
        if request.method in SAFE:
            return look(request, callback, args, kwargs)
        return await sync_to_async(look)(request, callback, args, kwargs)
