"""What one socket is to be told: at most one mark for each topic, a few messages a second."""

import asyncio
import json
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from dashboard.live.carrier import begun, carrier, rest_of
from dashboard.marks import Hub, Topic

__all__ = ["Outbox"]

log = logging.getLogger(__name__)

Send = Callable[[str], Coroutine[Any, Any, Any]]


class Outbox:
    """The marks that wait for one socket. It holds no more than the topics that are watched.

    `tokens` are the topics as the page knows them, in JSON, which is how they are sent back to it.
    The first is sent at once, what follows once in `spacing` seconds. `give_up` is called when a
    message is not taken within `patience` seconds.
    """

    def __init__(
        self, hub: Hub, send: Send, give_up: Callable[[], None], spacing: float, patience: float
    ) -> None:
        self.hub = hub
        self.send_text = send
        self.give_up = give_up
        self.spacing = spacing
        self.patience = patience
        self.carrier = carrier()
        self.rests_until = 0.0
        self.tokens: dict[str, str] = {}
        self.stale: set[str] = set()
        # While a message waits for a client that does not read.
        self.waiting: asyncio.Task[None] | None = None

    def mark(self, topic: str) -> None:
        """A topic is stale (what the hub calls)."""
        token = self.tokens.get(topic)
        if token is not None:
            self.put(token)

    def watch(self, topics: dict[str, Topic]) -> None:
        """Watch these topics, by token, and no others."""
        wanted = {str(topic): json.dumps(token) for token, topic in topics.items()}
        for topic in self.tokens.keys() - wanted.keys():
            self.hub.unsubscribe(topic, self)
        new = wanted.keys() - self.tokens.keys()
        self.tokens = wanted
        for topic in new:
            self.hub.subscribe(topic, self)

    def forsake(self, topics: dict[str, Topic]) -> None:
        """Stop watching these, and say that they are stale: the page finds out why."""
        for token, topic in topics.items():
            self.hub.unsubscribe(topic, self)
            self.tokens.pop(topic, None)
            self.put(json.dumps(token))

    def close(self) -> None:
        """Watch nothing any more."""
        self.watch({})
        self.stale.clear()
        self.carrier.forget(self)

    def put(self, token: str) -> None:
        is_first = not self.stale
        self.stale.add(token)
        if is_first and self.waiting is None:
            self.carrier.fetch(self)

    def send(self) -> None:
        """Send what is stale (what the carrier calls)."""
        text = f'{{"stale": [{", ".join(sorted(self.stale))}]}}'
        self.stale.clear()
        self.rests_until = self.carrier.loop.time() + self.spacing
        sending = self.send_text(text)
        try:
            waits_for = begun(sending)
        except Exception as error:  # noqa: BLE001 - each server has its own for a client that is gone
            log.debug("A mark was not sent: %r", error)
            self.close()
            return
        if waits_for is not None:
            self.waiting = asyncio.create_task(
                self.wait(sending, waits_for), name="live: wait for a client"
            )

    async def wait(self, sending: Coroutine[Any, Any, Any], waits_for: Any) -> None:
        try:
            async with asyncio.timeout(self.patience):
                await rest_of(sending, waits_for)
        except TimeoutError:
            self.give_up()
            return
        self.waiting = None
        if self.stale:
            self.carrier.fetch(self)
