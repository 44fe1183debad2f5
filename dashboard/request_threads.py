"""Threads for what a request has to wait for, as for the database: handed on from one to the next.

Django gives each request a thread of its own and ends it with the request. To start one holds the
event loop until it runs, which is long where many requests come at once.
"""

from typing import Final

from asgiref.sync import SyncToAsync, ThreadSensitiveContext
from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope

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
        thread = self.spare.pop() if self.spare else ThreadSensitiveContext()
        token = SyncToAsync.thread_sensitive_context.set(thread)
        try:
            await self.application(scope, receive, send)
        finally:
            SyncToAsync.thread_sensitive_context.reset(token)
        # Not after a failure: the thread may still be at work. It then ends by itself.
        if len(self.spare) < MOST_SPARE:
            self.spare.append(thread)
