"""Who watches which topic in this process, and is told when it is stale."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Protocol
from weakref import WeakKeyDictionary

from dashboard.marks.topics import KIND, key_topic, store_topic

__all__ = ["Hub", "Subscriber", "hub"]

RECENT_SECONDS = 10.0
"""How old a page may be when its socket begins to watch, and miss nothing."""
MOST_REMEMBERED = 10_000
"""Marks remembered for that; beyond, every topic counts as marked."""
BURST = 50
"""Keys marked at once that count as a burst."""


class Subscriber(Protocol):
    """Who wants to hear of marks."""

    def mark(self, topic: str) -> None:
        """`topic` is stale. Cheap and never raising: it is called at the rate of the bot."""


class Hub:
    """Who watches which topic in this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.subscribers: dict[str, set[Subscriber]] = {}
        # The last marks, for pages that were made before them and watch after them.
        self.marked: dict[str, float] = {}
        self.forgotten = -RECENT_SECONDS

    def subscribe(self, topic: str, subscriber: Subscriber) -> None:
        """Tell `subscriber` when `topic` is stale; at once, if its page may be older than that."""
        self.subscribers.setdefault(topic, set()).add(subscriber)
        last = max(self.marked.get(topic, self.forgotten), self.forgotten)
        if self.clock() - last < RECENT_SECONDS:
            subscriber.mark(topic)

    def unsubscribe(self, topic: str, subscriber: Subscriber) -> None:
        watching = self.subscribers.get(topic)
        if watching is not None:
            watching.discard(subscriber)
            if not watching:
                del self.subscribers[topic]

    def mark(self, topic: str) -> None:
        """Tell everybody who watches `topic` that it is stale. Any rate; from the event loop."""
        now = self.clock()
        if len(self.marked) >= MOST_REMEMBERED:
            self.marked.clear()
            self.forgotten = now
        self.marked[topic] = now
        for subscriber in self.subscribers.get(topic, ()):
            subscriber.mark(topic)

    def mark_keys(self, store: str, keys: Sequence[str]) -> None:
        """Tell who watches one of these keys. Where nobody watches a key, as most often in a
        burst, it is only remembered that many were marked.
        """
        is_burst = len(keys) >= BURST
        if not is_burst or any(topic[KIND : KIND + 1] == "k" for topic in self.subscribers):
            for key in keys:
                self.mark(key_topic(store, key))
        else:
            self.forgotten = self.clock()

    def mark_store(self, store: str) -> None:
        """Everything that is shown of a store is stale."""
        self.mark_starting(store_topic(store))

    def mark_all(self) -> None:
        """Everything is stale: marks may have been lost."""
        self.mark_starting("")

    def mark_starting(self, start: str) -> None:
        self.forgotten = self.clock()
        for topic, subscribers in self.subscribers.items():
            if topic.startswith(start):
                for subscriber in subscribers:
                    subscriber.mark(topic)


hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop, which is that of the process."""
    return hubs.setdefault(asyncio.get_running_loop(), Hub())
