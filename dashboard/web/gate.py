"""The gate that every request passes: signed-out people see nothing but the way in.

What stops a request on the way is said in a sentence, and what was typed stays in its form.
"""

from typing import Any

from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from dashboard.access.arrivals import recognise
from dashboard.operations import JournalUnavailable
from dashboard.web.refusals import note_refusal
from dashboard.web.views.errors import signed_out, unrecorded

__all__ = ["Gate"]


class Gate(LoginRequiredMiddleware):
    """Django's own, which leads to the sign-in page, where that would lose nothing.

    A redirect would throw a posted form away.
    """

    async def process_view(  # type: ignore[override] # Django takes both, its types only one
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if await recognise(request):
            return None
        return await sync_to_async(self.turn_away)(request, view_func, view_args, view_kwargs)

    def turn_away(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Where somebody goes who is not signed in; None where they may be."""
        answer: HttpResponseBase | None = super().process_view(
            request, view_func, view_args, view_kwargs
        )
        is_form = request.method == "POST"
        return signed_out(request) if answer is not None and is_form else answer

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """An answer for what could not be put on record, and so was not done.

        A form that a view refuses goes on record here.
        """
        if isinstance(exception, JournalUnavailable):
            return unrecorded(request, exception)
        if request.method == "POST" and isinstance(exception, (PermissionDenied, Http404)):
            try:
                async_to_sync(note_refusal)(request, exception)
            except JournalUnavailable as error:
                return unrecorded(request, error)
        return None
