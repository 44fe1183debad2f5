"""What may be stale, without telling it: short ASCII digests, built here and nowhere else."""

import hashlib
from functools import lru_cache

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core import signing

from storage_core.keys import key_to_bytes, namespace_of

__all__ = [
    "KIND",
    "Topic",
    "findings_topic",
    "history_topic",
    "journal_topic",
    "key_topic",
    "namespace_topic",
    "place_journal_topic",
    "search_topic",
    "signed_topic",
    "store_journal_topic",
    "store_topic",
    "topic_from",
    "versions_topic",
]

DIGEST_BYTES = 9
KIND = 2 * DIGEST_BYTES
"""Where in a topic its kind stands."""


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
