"""The socket of an open page.

The page says which topics it shows, in tokens that were signed for this person; it is told which
of them are stale. Nothing else goes either way: values and HTML come over HTTP, under the rights
of that moment.
"""

import asyncio
import json
import logging
import time
from contextlib import suppress
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.core import signing
from django.db import DatabaseError

from dashboard.live.origins import is_own_origin
from dashboard.live.outbox import Outbox
from dashboard.live.standing import Standing, standing_of
from dashboard.marks import Topic, hub, topic_from

__all__ = ["LiveConsumer"]

log = logging.getLogger(__name__)

NOT_UNDERSTOOD, SIGNED_OUT, NOT_YOURS, TOO_MUCH, TOO_BIG = 4400, 4401, 4403, 4429, 1009
"""Why a socket was closed, as WebSocket close codes."""
RIGHTS_CHANGED = 4409
"""So is this: the page opens another socket and gets all of itself anew, under the new rights."""
MOST_TOPICS = 300
LARGEST_FRAME = 64 * 1024
FRAMES, FRAME_SECONDS = 40, 10.0
"""Frames that a page may send within so many seconds."""


class LiveConsumer(AsyncWebsocketConsumer):
    """One page's socket. The settings below are for `as_asgi()`, which tests use."""

    # Nothing is sent to a single socket by name, so none needs a channel in the layer.
    channel_layer_alias = "none"
    spacing = 0.25
    """Seconds between two messages."""
    patience = 10.0
    """Seconds after which a client that does not read is dropped."""
    check_seconds = 2.5
    """Seconds between two looks at the person's session and rights."""

    def __init__(self, **settings: float) -> None:
        super().__init__()
        for name, value in settings.items():
            setattr(self, name, value)
        self.outbox = Outbox(hub(), self.tell, self.drop, self.spacing, self.patience)
        self.topics: dict[str, Topic] = {}
        self.standing: Standing | None = None
        self.frames: list[float] = []
        self.checking: asyncio.Task[None] | None = None
        self.conversation: asyncio.Task[Any] | None = None
        self.is_dropped = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Hold the conversation to its end, whoever ends it and however."""
        self.conversation = asyncio.current_task()
        try:
            await super().__call__(scope, receive, send)
        except asyncio.CancelledError:
            if not self.is_dropped or self.conversation is None:
                raise
            self.conversation.uncancel()
        finally:
            self.outbox.close()
            tasks = [task for task in (self.checking, self.outbox.waiting) if task is not None]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def connect(self) -> None:
        """Let in who is signed in and comes from a page of ours; else the handshake is refused."""
        if is_own_origin(self.scope):
            self.standing = await standing_of(self.scope["session"].session_key)
        if self.standing is None:
            await self.close()
            return
        await self.accept()
        await self.send(json.dumps({"hello": True}))
        self.checking = asyncio.create_task(self.check(), name="live: check rights")

    # --- what the page says

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Take in which topics the page shows."""
        if self.standing is None:
            return
        if self.is_flooding():
            await self.end(TOO_MUCH)
        elif len(text_data or bytes_data or "") > LARGEST_FRAME:
            await self.end(TOO_BIG)
        else:
            try:
                self.topics = self.topics_from(text_data or "", self.standing)
            except signing.BadSignature:
                await self.end(NOT_YOURS)
            except (ValueError, RecursionError):
                await self.end(NOT_UNDERSTOOD)
            else:
                self.outbox.watch(self.topics)
                self.forsake_forbidden(self.standing)

    async def end(self, code: int) -> None:
        """Close the socket, and hear nothing more from it."""
        self.standing = None
        self.outbox.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(self.patience):
                await self.close(code)

    def is_flooding(self) -> bool:
        now = time.monotonic()
        self.frames = [at for at in self.frames if now - at < FRAME_SECONDS]
        self.frames.append(now)
        return len(self.frames) > FRAMES

    def topics_from(self, text: str, standing: Standing) -> dict[str, Topic]:
        """The topics by token. Raises ValueError, BadSignature."""
        message = json.loads(text)
        tokens = message.get("watch") if isinstance(message, dict) else None
        if not isinstance(tokens, list) or len(tokens) > MOST_TOPICS:
            raise ValueError("Not a list of topics.")
        if not all(isinstance(token, str) for token in tokens):
            raise ValueError("A topic is text.")
        return {
            token: self.topics.get(token) or topic_from(standing.user, token) for token in tokens
        }

    # --- what goes on beside it

    async def tell(self, text: str) -> None:
        """Send a message, past what Channels does for consumers in groups."""
        await self.base_send({"type": "websocket.send", "text": text, "bytes": None})

    def drop(self) -> None:
        """End the conversation with a client that takes nothing, not even a farewell."""
        self.is_dropped = True
        if self.conversation is not None:
            self.conversation.cancel()

    async def check(self) -> None:
        """Look again and again whether this person is still to be here, and may watch all this."""
        while True:
            await asyncio.sleep(self.check_seconds)
            try:
                standing = await standing_of(self.scope["session"].session_key)
            except DatabaseError:
                # Nobody knows what this person may do now, so they may do nothing.
                log.exception("Rights could not be looked up.")
                standing = None
            if standing is None:
                await self.end(SIGNED_OUT)
                self.drop()
                return
            if self.standing is not None and standing.rights != self.standing.rights:
                await self.end(RIGHTS_CHANGED)
                self.drop()
                return

    def forsake_forbidden(self, standing: Standing) -> None:
        forbidden = {
            token: topic for token, topic in self.topics.items() if not standing.may_watch(topic)
        }
        if forbidden:
            self.outbox.forsake(forbidden)
            self.topics = {t: topic for t, topic in self.topics.items() if t not in forbidden}
