"""Earlier states of a key, as the journal has them, and what it takes to put one back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from dashboard.journal.models import Answer
from dashboard.journal.queries import JournalRow
from dashboard.web import wording
from dashboard.web.wording import moment
from storage_core.entries import KEEP, Expiry, StoredValue

__all__ = ["Ending", "State", "endings_for", "expiry_for", "state_called", "states_of"]

SAME: Final = 1.5
"""Seconds within which two moments of expiry are the same: stores keep whole seconds."""


@dataclass(frozen=True, slots=True)
class State:
    """What a key held at a moment: no `data` where it was not there.

    `at` is when it held it, `expires_at` seconds since the epoch, None for never.
    """

    name: Literal["before", "after", "version"]
    title: str
    data: bytes | None
    expires_at: float | None
    at: datetime

    @property
    def remaining(self) -> float | None:
        """The seconds that were left at that moment."""
        return None if self.expires_at is None else self.expires_at - self.at.timestamp()


@dataclass(frozen=True, slots=True)
class Ending:
    """One way to put the expiry back, as a choice of the form; `why` says that it is none."""

    name: str
    title: str
    why: str = ""


def states_of(row: JournalRow) -> list[State]:
    """The states that a change tells of: what was there before, and what it left.

    A change that was not carried out left nothing, and nobody knows that what its author had seen
    was ever there together with it.
    """
    if not row.is_change or row.answer not in (Answer.SAVED, Answer.UNKNOWN):
        return []
    before = State("before", "Undo this change", row.before, row.before_expires_at, row.at)
    ends = row.before_expires_at if row.keeps_expiry else row.after_expires_at
    after = State("after", "Restore what it left", row.after, ends, row.at)
    return [before, after] if row.after is not None else [before]


def state_called(row: JournalRow, name: str) -> State | None:
    """The state of that name; None if the change tells of no such state."""
    return next((state for state in states_of(row) if state.name == name), None)


def endings_for(state: State, present: StoredValue | None, now: float) -> list[Ending]:
    """How the key can expire afterwards, the state's own way first; empty if there is one way."""
    if state.data is None:
        return []
    endings = []
    if state.expires_at is not None:
        left, ends = state.remaining or 0, moment(state.expires_at)
        endings = [
            Ending(
                "remaining",
                f"With the time that was left: {wording.duration(left)} from now",
                "" if left > 0 else "No time was left.",
            ),
            Ending(
                "moment",
                f"At the moment that was set: {ends.exact if ends else ''}",
                "It has passed." if state.expires_at <= now else "",
            ),
        ]
    if state.expires_at is not None or (present is not None and present.expires_at is not None):
        endings.append(Ending("never", "Never" if endings else "Never, as then"))
    if present is not None and not is_same(present.expires_at, state.expires_at):
        ends = moment(present.expires_at)
        endings.append(Ending("keep", f"As now: {f'expires {ends.exact}' if ends else 'never'}"))
    return endings


def expiry_for(state: State, choice: str, present: StoredValue | None, now: float) -> Expiry:
    """Seconds from now, None for never, or KEEP where the key already ends as it should."""
    if state.data is None or choice == "keep":
        return KEEP
    wanted: float | None = None
    if state.expires_at is not None and choice == "moment":
        wanted = state.expires_at
    elif state.remaining is not None and choice == "remaining":
        wanted = now + state.remaining
    if present is not None and is_same(present.expires_at, wanted):
        return KEEP
    return None if wanted is None else wanted - now


def is_same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) < SAME
