"""Who is behind a session, as the database has it: the one place where that is looked up.

Each request asks anew, so that a right that was taken away is gone at the next one, and so is a
session that was ended. When many ask in the same moment, as those who look at a list do when it
changes, they are answered together: whoever comes while one look is under way shares the next.
"""

import asyncio
import contextvars
from collections.abc import Collection, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from asgiref.sync import SyncToAsync, ThreadSensitiveContext, sync_to_async
from django.conf import settings
from django.contrib.auth import (
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    SESSION_KEY,
    get_user_model,
)
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from dashboard.access.rights import Rights, rights_of_each
from dashboard.rounds import Rounds

__all__ = ["Arrival", "people_behind", "recognise"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who is signed in, their session, and what they may do."""

    session: Session
    user: AbstractBaseUser
    rights: Rights


async def recognise(request: HttpRequest) -> bool:
    """Whether somebody is signed in who sent this request; it then carries who that is, their
    session and their rights, so that nothing more is asked about them.
    """
    key = request.session.session_key
    arrival = await desk().behind(key) if key else None
    if arrival is None:
        return False
    user = copy(arrival.user)  # others have the same from the same look

    async def auser() -> AbstractBaseUser:
        return user

    request.user, request.auser = user, auser  # type: ignore[assignment] # Django's own types are narrower
    # There is no other way to give a session what has been read of it.
    request.session._session_cache = arrival.session.get_decoded()  # type: ignore[attr-defined]  # noqa: SLF001
    request.session.accessed = True
    request.cubbyhole_own_rights = arrival.rights  # type: ignore[attr-defined]  # a request carries what is asked of it
    return True


async def people_behind(session_keys: Collection[str]) -> dict[str, Arrival]:
    """Who is signed in with which of these sessions. Raises DatabaseError."""
    return await sync_to_async(looked_up_again)(session_keys)


class Desk:
    """The requests of this moment that wait to be recognised."""

    def __init__(self) -> None:
        self.asked: set[str] = set()
        self.looks: Rounds[dict[str, Arrival]] = Rounds("who sent these requests", self.context)
        self.thread = ThreadSensitiveContext()

    async def behind(self, session_key: str) -> Arrival | None:
        """Who is behind a session, by a look that begins after this was asked."""
        self.asked.add(session_key)
        look = self.looks.join("all of them", self.look)
        return (await asyncio.shield(look)).get(session_key)

    async def look(self) -> dict[str, Arrival]:
        asked, self.asked = self.asked, set()
        return await people_behind(asked)

    def context(self) -> contextvars.Context:
        """Where the database is asked. In the server each request has a thread, which ends with
        it; a look has one that stays, with its connection. Elsewhere there is one for all.
        """
        context = contextvars.copy_context()
        if SyncToAsync.thread_sensitive_context.get(None) is not None:
            context.run(SyncToAsync.thread_sensitive_context.set, self.thread)
        return context


desks: WeakKeyDictionary[asyncio.AbstractEventLoop, Desk] = WeakKeyDictionary()


def desk() -> Desk:
    """The desk of the running event loop."""
    return desks.setdefault(asyncio.get_running_loop(), Desk())


# --- in the database


def looked_up_again(session_keys: Collection[str]) -> dict[str, Arrival]:
    """As `looked_up`; again where it was only the connection that had ended meanwhile."""
    try:
        return looked_up(session_keys)
    except (InterfaceError, OperationalError):
        connection.close()
        return looked_up(session_keys)


def looked_up(session_keys: Collection[str]) -> dict[str, Arrival]:
    """Who is behind these sessions, in three queries."""
    # Not django.contrib.auth.get_user: that may give a session a new key, behind the browser.
    rows = Session.objects.filter(session_key__in=session_keys, expire_date__gt=timezone.now())
    sessions = {row.session_key: row for row in rows}
    users = users_of({key: session.get_decoded() for key, session in sessions.items()})
    people = list({user.pk: user for user in users.values()}.values())
    rights = dict(zip([user.pk for user in people], rights_of_each(people), strict=True))
    return {key: Arrival(sessions[key], user, rights[user.pk]) for key, user in users.items()}


def users_of(sessions: Mapping[str, dict[str, Any]]) -> dict[str, AbstractBaseUser]:
    """Whom the contents of sessions name, if they may still sign in, with the same password."""
    model = get_user_model()
    key = model._meta.pk  # noqa: SLF001 - Django's documented model API
    named = {
        session_key: key.to_python(session[SESSION_KEY])
        for session_key, session in sessions.items()
        if SESSION_KEY in session
        and session.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
    }
    active = model._default_manager.filter(pk__in=set(named.values()), is_active=True)  # noqa: SLF001 - as Django's own backend asks
    users = {user.pk: user for user in active}
    return {
        session_key: users[pk]
        for session_key, pk in named.items()
        if pk in users and is_same_password(users[pk], sessions[session_key])
    }


def is_same_password(user: AbstractBaseUser, session: Mapping[str, Any]) -> bool:
    given = session.get(HASH_SESSION_KEY, "")
    valid = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(given, hash_) for hash_ in valid)
