"""Deleting what is too old, and what is left of marks that were taken away."""

from asgiref.sync import sync_to_async

from dashboard.history.marking import clear
from dashboard.history.models import HistoryMark
from dashboard.history.writing import count_anew, forget_some, too_old

__all__ = ["tidy"]


async def tidy(store: str, now: float) -> None:
    """Bring the history of a store within its bounds of age; `now` in seconds since the epoch."""
    async for mark in HistoryMark.objects.filter(store=store):
        if mark.ended_at is not None:  # its process ended while it deleted
            await clear(mark)
            continue
        count = 0
        while some := await sync_to_async(forget_some)(mark, too_old(mark, now)):
            count += some
        if count:
            await sync_to_async(count_anew)(mark)
