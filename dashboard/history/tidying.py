"""Deleting what is too old, and what is left of marks that were taken away."""

from dashboard.history.marking import clear
from dashboard.history.models import HistoryMark
from dashboard.history.writing import count_anew, forget_old

__all__ = ["tidy"]


def tidy(store: str, now: float) -> None:
    """Bring the history of a store within its bounds of age; `now` in seconds since the epoch."""
    for mark in HistoryMark.objects.filter(store=store):
        if mark.ended_at is not None:  # its process ended while it deleted
            clear(mark)
            continue
        if forget_old(mark, now):
            count_anew(mark)
