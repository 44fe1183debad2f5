"""Who is behind a session at this moment, and what they may do: asked again while a socket is open.

A socket would keep the rights that it had when it was opened, whatever becomes of the person.
"""

import asyncio
import time
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from django.contrib.auth.base_user import AbstractBaseUser

from dashboard.access import Rights, Verb
from dashboard.access.arrivals import people_behind
from dashboard.marks import Topic

__all__ = ["KEPT_SECONDS", "Standing", "standing_of"]

KEPT_SECONDS = 1.5
"""How old an answer may be that several sockets share."""
FORGOTTEN_SECONDS = 5.0
"""How long a session that no socket asks for is looked up with the others."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A person who is signed in, and their rights."""

    user: AbstractBaseUser
    rights: Rights

    def may_watch(self, topic: Topic) -> bool:
        """Whether this person may know when `topic` changes."""
        may = self.rights.may
        match topic.kind:
            case "j":
                return self.rights.administers
            case "w":
                return self.rights.may_everywhere(Verb.SEE_JOURNAL, topic.store)
            case "e":
                return may(Verb.SEE_JOURNAL, topic.store, topic.namespace)
            case "s":
                return self.rights.may_everywhere(Verb.SEE_NAMES, topic.store)
            case "p":
                return self.rights.may_somewhere(Verb.SEE_NAMES, topic.store)
        return self.rights.may(Verb.SEE_NAMES, topic.store, topic.namespace)


class Door:
    """Who is behind the sessions that have sockets in this process.

    All of them are looked up together, in three queries, and not more often than every
    `KEPT_SECONDS`: a thousand sockets cost the database no more than one.
    """

    def __init__(self) -> None:
        self.answers: dict[str, tuple[float, asyncio.Future[Standing | None]]] = {}
        self.asked: dict[str, float] = {}
        self.looking: asyncio.Task[None] | None = None

    async def standing_of(self, session_key: str) -> Standing | None:
        """The person behind a session. Raises DatabaseError."""
        now = time.monotonic()
        self.asked[session_key] = now
        answer = self.answers.get(session_key)
        if answer is None or (answer[1].done() and now - answer[0] > KEPT_SECONDS):
            future: asyncio.Future[Standing | None] = asyncio.get_running_loop().create_future()
            answer = self.answers[session_key] = now, future
            if self.looking is None:
                self.looking = asyncio.create_task(self.look())
        return await asyncio.shield(answer[1])

    async def look(self) -> None:
        """Answer what is open, and what will be asked again soon with it."""
        try:
            while waiting := self.open_answers():
                await asyncio.sleep(0)  # for others that come in this turn of the loop
                waiting = self.open_answers() | self.renewed(time.monotonic())
                try:
                    found = await people_behind(list(waiting))
                except Exception as error:  # noqa: BLE001 - whoever waits gets it
                    for future in waiting.values():
                        fail(future, error)
                else:
                    for key, future in waiting.items():
                        if not future.done():
                            one = found.get(key)
                            future.set_result(Standing(one.user, one.rights) if one else None)
        finally:
            self.looking = None

    def open_answers(self) -> dict[str, asyncio.Future[Standing | None]]:
        return {key: future for key, (_, future) in self.answers.items() if not future.done()}

    def renewed(self, now: float) -> dict[str, asyncio.Future[Standing | None]]:
        """New answers for the sessions that sockets still ask for. Others are forgotten."""
        loop = asyncio.get_running_loop()
        renewed: dict[str, asyncio.Future[Standing | None]] = {}
        for key, (_, old) in list(self.answers.items()):
            if not old.done():
                continue
            if now - self.asked[key] > FORGOTTEN_SECONDS:
                del self.answers[key], self.asked[key]
            else:
                renewed[key] = loop.create_future()
                self.answers[key] = now, renewed[key]
        return renewed


def fail(future: "asyncio.Future[Standing | None]", error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
        future.exception()  # looked at: a renewed answer may have nobody who waits for it


doors: WeakKeyDictionary[asyncio.AbstractEventLoop, Door] = WeakKeyDictionary()


async def standing_of(session_key: str | None) -> Standing | None:
    """The person behind a session; None if it has ended, or the person may not be here.

    Raises DatabaseError if nobody can say.
    """
    if not session_key:
        return None
    return await doors.setdefault(asyncio.get_running_loop(), Door()).standing_of(session_key)
