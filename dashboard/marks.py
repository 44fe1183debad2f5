"""«This is stale»: the only thing that is told between the store, the processes and the pages.

A topic names what may be stale without telling it: short ASCII digests, built here and nowhere
else. A mark says that a topic is stale; it carries no values. Marks of one topic are the same mark,
so a subscriber holds at most one for each topic whatever the rate.
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import lru_cache
from typing import Protocol
from weakref import WeakKeyDictionary

from channels.layers import BaseChannelLayer, get_channel_layer
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core import signing

from dashboard.chores import going_on
from storage_core.keys import key_to_bytes, namespace_of

__all__ = [
    "Hub",
    "Subscriber",
    "Topic",
    "announce",
    "announce_entry",
    "findings_topic",
    "history_topic",
    "hub",
    "journal_topic",
    "key_topic",
    "namespace_topic",
    "place_journal_topic",
    "run",
    "search_topic",
    "signed_topic",
    "store_journal_topic",
    "store_topic",
    "topic_from",
    "versions_topic",
]

log = logging.getLogger(__name__)

GROUP = "cubbyhole.marks"
RECENT_SECONDS = 10.0
"""How old a page may be when its socket begins to watch, and miss nothing."""
MOST_REMEMBERED = 10_000
"""Marks remembered for that; beyond, every topic counts as marked."""
BURST = 50
"""Keys marked at once that count as a burst."""
DIGEST_BYTES = 9
KIND = 2 * DIGEST_BYTES
"""Where in a topic its kind stands."""
RETRY_SECONDS = 1.0
REJOIN_SECONDS = 600.0


class Topic(str):
    """Something that pages show. `store` and `namespace` say whose it is, for the rights.

    `store` is empty for the journal; `namespace` is None for shared keys and for a whole store.
    """

    __slots__ = ("kind", "namespace", "store")
    kind: str
    store: str
    namespace: str | None


def topic(kind: str, store: str, namespace: str | None, *names: str) -> Topic:
    """A topic of a store begins with the store's own topic."""
    text = f"{kind}{digest(*names)}" if names else ""
    made = Topic(f"{digest(store)}{text}")
    made.kind, made.store, made.namespace = kind, store, namespace
    return made


def digest(*names: str) -> str:
    raw = b"\0".join(key_to_bytes(name) for name in names)
    return hashlib.blake2b(raw, digest_size=DIGEST_BYTES).hexdigest()


@lru_cache(maxsize=256)
def store_topic(store: str) -> Topic:
    """All that is shown of a store as a whole: its counts, its namespaces, whether it answers.

    It is for those who see all of the store; others watch the namespaces that they know of.
    """
    return topic("s", store, None)


@lru_cache(maxsize=4096)
def namespace_topic(store: str, namespace: str | None) -> Topic:
    """The list of a namespace's keys (None: of the shared keys)."""
    return topic("n", store, namespace, "shared" if namespace is None else f".{namespace}")


def key_topic(store: str, stored_key: str) -> Topic:
    """One key's value, expiry and history."""
    return topic("k", store, namespace_of(stored_key), stored_key)


def versions_topic(store: str, stored_key: str) -> Topic:
    """The earlier values of one key that are kept."""
    return topic("k", store, namespace_of(stored_key), stored_key, "versions")


@lru_cache(maxsize=256)
def history_topic(store: str) -> Topic:
    """Whose history is kept in a store."""
    return topic("s", store, None, "history")


@lru_cache(maxsize=256)
def findings_topic(store: str) -> Topic:
    """What is worth a look in a store, for those who see all of it."""
    return topic("s", store, None, "findings")


def search_topic(store: str, person: int) -> Topic:
    """How far the search of a person (by number) inside the values of a store is."""
    return topic("p", store, None, "search", str(person))


@lru_cache(maxsize=1)
def journal_topic() -> Topic:
    """The whole journal of what people did, also of what is about no store."""
    return topic("j", "", None)


@lru_cache(maxsize=256)
def store_journal_topic(store: str) -> Topic:
    """What people did in a store, wherever in it."""
    return topic("w", store, None, "journal")


@lru_cache(maxsize=4096)
def place_journal_topic(store: str, namespace: str | None) -> Topic:
    """What people did with the keys of a namespace (None: the shared keys)."""
    return topic("e", store, namespace, "shared" if namespace is None else f".{namespace}")


# --- topics on their way through a page


def signed_topic(user: AbstractBaseUser | AnonymousUser, topic: str) -> str:
    """The topic for `data-topic`: this person's socket takes it, nobody else's does.

    Raises TypeError for a text that none of the functions above has made.
    """
    if not isinstance(topic, Topic):
        raise TypeError("A topic is made by store_topic, namespace_topic, key_topic, journal_topic")
    return signer(user).sign_object([str(topic), topic.kind, topic.store, topic.namespace])


def topic_from(user: AbstractBaseUser | AnonymousUser, signed: str) -> Topic:
    """The topic that was signed for this person. Raises django.core.signing.BadSignature."""
    text, kind, store, namespace = signer(user).unsign_object(signed)
    made = Topic(text)
    made.kind, made.store, made.namespace = kind, store, namespace
    return made


def signer(user: AbstractBaseUser | AnonymousUser) -> signing.Signer:
    return signing.Signer(salt=f"cubbyhole.topic.{user.pk}")


# --- within a process


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


# --- across processes


async def announce(topic: str) -> None:
    """Mark a topic in every web process. For what people do, which no store's feed tells.

    If the channel layer fails, the other processes hear of it when they are joined again.
    """
    hub().mark(topic)
    layer = get_channel_layer()
    if layer is not None:
        try:
            await layer.group_send(GROUP, {"type": "mark", "topic": str(topic)})
        except Exception as error:  # noqa: BLE001 - each layer has errors of its own
            log.warning("The channel layer did not take a mark: %s", error)


async def announce_entry(store: str, *, namespace: str | None, is_of_keys: bool) -> None:
    """Somebody did something that is on record: mark the journal for those who may see that.

    `store` is empty for what is about none; not `is_of_keys` is what is about a whole store.
    """
    await announce(journal_topic())
    if store:
        await announce(store_journal_topic(store))
    if store and is_of_keys:
        await announce(place_journal_topic(store, namespace))


@asynccontextmanager
async def run() -> AsyncIterator[None]:
    """Hear, as long as this is open, what other processes announce."""
    async with going_on({"marks from other processes": listen()}):
        yield


async def listen() -> None:
    layer = get_channel_layer()
    while layer is not None:
        try:
            await hear(layer)
        except Exception as error:  # noqa: BLE001 - each layer has errors of its own
            log.warning("The channel layer failed, joining again: %s", error)
            await asyncio.sleep(RETRY_SECONDS)


async def hear(layer: BaseChannelLayer) -> None:
    """Join, and pass on what comes. Joined again now and then: memberships may run out."""
    channel = await layer.new_channel()
    await layer.group_add(GROUP, channel)
    hub().mark_all()
    try:
        async with asyncio.timeout(REJOIN_SECONDS):
            while True:
                message = await layer.receive(channel)
                hub().mark(message["topic"])
    except TimeoutError:
        return
    finally:
        # A failure would take the place of being cancelled, and the process would never end.
        with suppress(Exception):
            await layer.group_discard(GROUP, channel)
