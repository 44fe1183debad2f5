"""Threads for what a request has to wait for, as for the database: handed on from one to the next.

Django gives each request a thread of its own and ends it with the request. To start one holds the
event loop until it runs, which is long where many requests come at once.
"""

from typing import Final

from asgiref.sync import SyncToAsync, ThreadSensitiveContext
from asgiref.typing import (
    ASGI3Application,
    ASGIReceiveCallable,
    ASGISendCallable,
    ASGISendEvent,
    Scope,
)

__all__ = ["RequestThreads"]

MOST_SPARE: Final = 100
"""Threads that are kept while there are fewer requests."""


class RequestThreads:
    """An ASGI application whose requests have a thread each, which others had before."""

    def __init__(self, application: ASGI3Application) -> None:
        self.application = application
        self.spare: list[ThreadSensitiveContext] = []

    async def __call__(
        self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        is_answered = False

        async def answer(message: ASGISendEvent) -> None:
            nonlocal is_answered
            await send(message)
            if message["type"] == "http.response.body":
                is_answered = not message.get("more_body", False)

        thread = self.spare.pop() if self.spare else ThreadSensitiveContext()
        token = SyncToAsync.thread_sensitive_context.set(thread)
        try:
            await self.application(scope, receive, answer)
        finally:
            SyncToAsync.thread_sensitive_context.reset(token)
        # Not after a failure, and not where the client went away: what the request began may be at
        # work in the thread, or go on there later. The thread then ends with it, by itself.
        if is_answered and len(self.spare) < MOST_SPARE:
            self.spare.append(thread)
