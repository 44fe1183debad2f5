"""Of several web processes one keeps the history of a store, so that the bot's store is asked once.

It says so for some seconds at a time. When it ends, however that is, another one takes over and
looks for what it missed.
"""

import secrets
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.db.models import Q

from dashboard.history.models import Duty
from dashboard.moments import moment_of

__all__ = ["LASTS", "OnDuty"]

LASTS: Final = 10.0
"""Seconds after which another process may take over."""
AGAIN: Final = 3.0
"""Seconds between two times that the process says that it is still there."""


class OnDuty:
    """Whether this process keeps the history of a store."""

    def __init__(self, store: str, *, clock: Callable[[], float] = time.time) -> None:
        self.store = store
        self.clock = clock
        self.name = secrets.token_hex(16)
        self.until = 0.0
        self.asked_at = 0.0

    @property
    def is_held(self) -> bool:
        return self.clock() < self.until

    async def hold(self) -> bool:
        """Take it, or go on having it, if that can be."""
        now = self.clock()
        if now - self.asked_at < AGAIN and now >= self.asked_at:
            return self.is_held
        self.asked_at = now
        at, until = moment_of(now), moment_of(now) + timedelta(seconds=LASTS)
        free = Q(holder=self.name) | Q(until__lt=at)
        mine = Duty.objects.filter(free, store=self.store)
        if await mine.aupdate(holder=self.name, until=until):
            self.until = now + LASTS
        elif not await Duty.objects.filter(store=self.store).aexists():
            given = {"holder": self.name, "until": until}
            duty, _ = await Duty.objects.aget_or_create(store=self.store, defaults=given)
            self.until = now + LASTS if duty.holder == self.name else 0.0
        else:
            self.until = 0.0
        return self.is_held

    async def leave(self) -> None:
        """Let another process have it at once."""
        self.until = 0.0
        mine = Duty.objects.filter(store=self.store, holder=self.name)
        await mine.aupdate(until=moment_of(0.0))
