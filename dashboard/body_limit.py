"""A bound on what a request may send at all.

Django spools a body to a temporary file before it looks at its size, so without this a single
request could fill the disk. Forms that are only too large for Django get its page; this is for what
no browser of ours would send.
"""

from typing import Final

from asgiref.typing import (
    ASGI3Application,
    ASGIReceiveCallable,
    ASGIReceiveEvent,
    ASGISendCallable,
    ASGISendEvent,
    HTTPScope,
    Scope,
)

__all__ = ["LARGEST_BODY", "BodyLimit"]

LARGEST_BODY: Final = 64 * 1024 * 1024
"""Bytes."""
SENTENCE: Final = b"This request is too large. Nothing was changed.\n"


class BodyLimit:
    """An ASGI application that answers 413 for a body above the limit, declared or not."""

    def __init__(self, application: ASGI3Application, largest: int = LARGEST_BODY) -> None:
        self.application = application
        self.largest = largest

    async def __call__(
        self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
        elif declared_length(scope) > self.largest:
            await refuse(send)
        else:
            request = Bounded(receive, send, self.largest)
            await self.application(scope, request.receive, request.send)


def declared_length(scope: HTTPScope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def refuse(send: ASGISendCallable) -> None:
    headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
    await send(
        {"type": "http.response.start", "status": 413, "headers": headers, "trailers": False}
    )
    await send({"type": "http.response.body", "body": SENTENCE, "more_body": False})


class Bounded:
    """One request of unknown length: cut off, with an answer, where it passes the limit."""

    def __init__(self, receive: ASGIReceiveCallable, send: ASGISendCallable, largest: int) -> None:
        self._receive = receive
        self._send = send
        self._left = largest
        self._is_refused = False

    async def receive(self) -> ASGIReceiveEvent:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0 and not self._is_refused:
                self._is_refused = True
                await refuse(self._send)
        return {"type": "http.disconnect"} if self._is_refused else message

    async def send(self, message: ASGISendEvent) -> None:
        if not self._is_refused:
            await self._send(message)
