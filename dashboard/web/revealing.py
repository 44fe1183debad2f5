"""Seeing what is masked: who may, which value, and for how long.

A reveal is for one value, in one session, for some minutes. The right is asked for at every
request, so that it ends at once when it is taken away.
"""

import time
from typing import Final, NamedTuple

from django.http import HttpRequest

from dashboard.access import Rights, Verb
from dashboard.masking import masking_for
from dashboard.reading import Mask
from dashboard.web import links
from dashboard.web.wording import Moment, moment
from storage_core.keys import namespace_of

__all__ = ["REVEALED_FOR", "Covers", "cover", "covers_of", "mask_for", "reveal", "revealed_until"]

REVEALED: Final = "revealed"
"""Where a session keeps until when (seconds since the epoch) a value is revealed, by its mark."""
REVEALED_FOR: Final = 600.0
"""Seconds."""


async def mask_for(request: HttpRequest, rights: Rights, store: str, stored_key: str) -> Mask:
    """The rules of masking for one value; None while this person has revealed it."""
    until = await revealed_until(request, rights, store, stored_key)
    if until is None:
        return masking_for(store, stored_key)
    request.cubbyhole_covers = Covers(until, until - time.time())  # type: ignore[attr-defined]  # a request carries what is asked of it
    return None


class Covers(NamedTuple):
    """When an answer that shows what is masked has to be covered: at a moment in seconds since the
    epoch, which is in so many seconds.
    """

    at: float
    within: float

    @property
    def moment(self) -> Moment | None:
        return moment(self.at, ahead=True)


def covers_of(request: HttpRequest) -> Covers | None:
    """When the answer to this request has to be covered; None if nothing in it was revealed."""
    return getattr(request, "cubbyhole_covers", None)


async def revealed_until(
    request: HttpRequest, rights: Rights, store: str, stored_key: str
) -> float | None:
    """Until when this person sees through the masks of a value; None if they do not."""
    if not rights.may(Verb.REVEAL, store, namespace_of(stored_key)):
        return None
    kept: dict[str, float] = await request.session.aget(REVEALED, {})
    until = kept.get(mark_of(store, stored_key), 0.0)
    return until if until > time.time() else None


async def reveal(request: HttpRequest, store: str, stored_key: str) -> None:
    """Let the session see through the masks of a value from now on."""
    now = time.time()
    kept: dict[str, float] = await request.session.aget(REVEALED, {})
    lasting = {mark: until for mark, until in kept.items() if until > now}
    lasting[mark_of(store, stored_key)] = now + REVEALED_FOR
    await request.session.aset(REVEALED, lasting)


async def cover(request: HttpRequest, store: str, stored_key: str) -> None:
    """Mask a value again."""
    kept: dict[str, float] = await request.session.aget(REVEALED, {})
    mark = mark_of(store, stored_key)
    await request.session.aset(REVEALED, {each: kept[each] for each in kept if each != mark})


def mark_of(store: str, stored_key: str) -> str:
    return links.mark_of(f"{store}\0{stored_key}")
