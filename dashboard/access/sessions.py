"""The sessions of a person: ending them, and how long ago somebody proved who they are."""

import time
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

__all__ = [
    "CAME_BY_LINK_AT",
    "FIRST_PASSWORD_WITHIN",
    "PROVED_AT",
    "came_by_link",
    "end_sessions",
    "note_proof",
    "recently_proved",
]

PROVED_AT: Final = "proved_at"
"""Where a session keeps when its person last typed the password or came by a link."""
CAME_BY_LINK_AT: Final = "came_by_link_at"
"""Where a session that a one-time link began keeps when that was."""
FIRST_PASSWORD_WITHIN: Final = 12 * 3600.0
"""Seconds in which such a session may set a first password, without more proof than the link: who
has no password has none to prove. A working day; a page that is found open later is not enough.
"""
BATCH: Final = 500


def end_sessions(person: User, *, but: str | None = None) -> int:
    """Sign a person out everywhere, but for the session with the key `but`; how many it were.

    Sessions do not name their person in a column, so each one that lasts is looked into.
    """
    lasting = Session.objects.filter(expire_date__gt=timezone.now())
    theirs = [
        session.pk
        for session in lasting.iterator(BATCH)
        if session.pk != but and session.get_decoded().get(SESSION_KEY) == str(person.pk)
    ]
    Session.objects.filter(pk__in=theirs).delete()
    return len(theirs)


@receiver(user_logged_in, dispatch_uid="cubbyhole.note_proof")
def note_proof(request: HttpRequest, **_: Any) -> None:
    """Remember that this person has just proved who they are."""
    request.session[PROVED_AT] = time.time()


async def recently_proved(request: HttpRequest) -> bool:
    """Whether this person proved who they are so lately that a reveal needs no password again."""
    at: float = await request.session.aget(PROVED_AT, 0.0)
    return time.time() - at < settings.CUBBYHOLE_PROOF_MINUTES * 60


async def came_by_link(request: HttpRequest) -> bool:
    """Whether a one-time link began this session, so lately that it may set a first password."""
    at: float = await request.session.aget(CAME_BY_LINK_AT, 0.0)
    return time.time() - at < FIRST_PASSWORD_WITHIN
