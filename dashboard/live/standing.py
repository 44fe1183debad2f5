"""Who is behind a session at this moment, and what they may do: asked again while a socket is open.

A socket would keep the rights that it had when it was opened, whatever becomes of the person.
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.contrib.auth import (
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    SESSION_KEY,
    get_user_model,
    load_backend,
)
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.backends.db import SessionStore
from django.utils.crypto import constant_time_compare

from dashboard import stores
from dashboard.access import Rights, Verb, rights_of
from dashboard.marks import Topic

__all__ = ["KEPT_SECONDS", "Standing", "standing_of"]

KEPT_SECONDS = 1.5
"""How old an answer may be that several sockets of one session share."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A person who is signed in, and their rights."""

    user: AbstractBaseUser
    rights: Rights

    def may_watch(self, topic: Topic) -> bool:
        """Whether this person may know when `topic` changes."""
        if topic.kind == "j":
            return any(
                self.rights.may_somewhere(Verb.SEE_JOURNAL, store.name)
                for store in stores.all_stores()
            )
        if topic.kind == "s":
            return self.rights.may_somewhere(Verb.SEE_NAMES, topic.store)
        return self.rights.may(Verb.SEE_NAMES, topic.store, topic.namespace)


Answers = dict[str, tuple[float, "asyncio.Task[Standing | None]"]]
answers: WeakKeyDictionary[asyncio.AbstractEventLoop, Answers] = WeakKeyDictionary()


async def standing_of(session_key: str | None) -> Standing | None:
    """The person behind a session; None if it has ended, or the person may not be here."""
    if not session_key:
        return None
    now = time.monotonic()
    known = answers.setdefault(asyncio.get_running_loop(), {})
    for old in [
        key for key, (at, task) in known.items() if task.done() and now - at > KEPT_SECONDS
    ]:
        del known[old]
    if session_key not in known:
        known[session_key] = now, asyncio.create_task(ask(session_key))
    return await asyncio.shield(known[session_key][1])


async def ask(session_key: str) -> Standing | None:
    # Not django.contrib.auth.aget_user: that may give the session a new key, behind the browser.
    session = await SessionStore(session_key).aload()
    user = await user_of(session)
    if user is None or not user.is_active:
        return None
    return Standing(user, await rights_of(user))


async def user_of(session: dict[str, Any]) -> AbstractBaseUser | None:
    """The person whom a session's content names, if their password is still the same."""
    path = session.get(BACKEND_SESSION_KEY)
    if path not in settings.AUTHENTICATION_BACKENDS or SESSION_KEY not in session:
        return None
    key = get_user_model()._meta.pk  # noqa: SLF001 - Django's documented model API
    pk = key.to_python(session[SESSION_KEY])
    user: AbstractBaseUser | None = await load_backend(path).aget_user(pk)
    if user is None:
        return None
    given = session.get(HASH_SESSION_KEY, "")
    valid = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return user if any(constant_time_compare(given, hash_) for hash_ in valid) else None
