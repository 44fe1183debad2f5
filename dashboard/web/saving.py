"""Carrying out what a person asked for, and saying what became of it.

Every outcome has its own words. Only `saved` claims that something was written, only `refused`,
`changed` and `gone` that nothing was; `unknown` claims neither.
"""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Literal

from dashboard import operations
from dashboard.operations import Result
from dashboard.web import notices, wording
from dashboard.web.notices import Notice
from dashboard.web.visits import KeyVisit
from storage_core.entries import Outcome, StoredValue
from storage_core.exceptions import StorageError

__all__ = ["REASON_LIMIT", "Verdict", "carried_out", "reason_of", "save"]

REASON_LIMIT = 500  # characters


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of it, in a word for the code and a note for the person.

    `current` is what the store held when it was read back; None when nobody knows or it is gone.
    """

    word: Literal["saved", "changed", "gone", "unknown", "refused"]
    notice: Notice
    current: StoredValue | None = None

    @property
    def status(self) -> int:
        """The HTTP status of the page that says so."""
        return {"saved": 200, "refused": 422, "unknown": 200}.get(self.word, 409)


async def carried_out(work: Awaitable[Result]) -> Verdict:
    """Await an operation and put its result into words."""
    try:
        result = await work
    except StorageError as error:
        return Verdict("refused", notices.bad("Nothing was changed.", wording.sentence(str(error))))
    text = wording.visible(result.message)
    if result.outcome is Outcome.SAVED:
        return Verdict("saved", notices.good(text), result.current)
    if result.outcome is Outcome.UNKNOWN:
        return Verdict(
            "unknown", notices.careful("This could not be confirmed.", text), result.current
        )
    if result.outcome is Outcome.GONE:
        return Verdict("gone", notices.careful("The key is gone.", text))
    return Verdict("changed", notices.careful("The value changed meanwhile.", text), result.current)


async def save(visit: KeyVisit, base: bytes, new: bytes, reason: str) -> Verdict:
    """Replace exactly `base` by `new`."""
    return await carried_out(
        operations.edit(visit.person, visit.store.name, visit.stored_key, base, new, reason)
    )


def reason_of(visit: KeyVisit) -> str:
    """The reason that was typed, cut to what the journal keeps."""
    return visit.request.POST.get("reason", "").strip()[:REASON_LIMIT]
