"""How a change is made: intent on record, one compare-and-set in the store, outcome on record."""

import logging
import time
from dataclasses import dataclass, replace

from django.db import DatabaseError

from dashboard import marks, reading, stores
from dashboard.journal.models import Answer, Deed, Entry
from dashboard.journal.recorder import Attempt, record_intent, record_outcome
from storage_core.abc import BrowsableStorage
from storage_core.entries import KEEP, Outcome, StoredValue
from storage_core.exceptions import (
    ReadOnlyStore,
    StorageError,
    StoreUnavailable,
    UnsupportedByBackend,
)
from storage_core.expiry import lifetime
from storage_core.keys import KeyRef

__all__ = [
    "NO_JOURNAL",
    "JournalUnavailable",
    "Result",
    "announce",
    "carry_out",
    "changeable",
    "is_done",
    "refuse",
]

log = logging.getLogger(__name__)

ANSWER_OF = {
    Outcome.SAVED: Answer.SAVED,
    Outcome.CHANGED: Answer.CHANGED,
    Outcome.GONE: Answer.GONE,
    Outcome.UNKNOWN: Answer.UNKNOWN,
}
# Seconds from its intent after which a change is not begun any more, as others may soon settle it.
TOO_LATE_AFTER = 60.0
# Seconds by which an expiry that was asked for and the one that is read back may differ.
EXPIRY_TOLERANCE = 5.0
NO_JOURNAL = (
    "The journal cannot be written at the moment, and without a record nothing is changed."
    " Try again, or tell an admin: the disk of the dashboard's database may be full."
)
TOLD_LATER = "The journal could not be told of it yet, and says so as soon as it can be written."
TOO_LATE = "The journal took so long that the change was not begun. Try again."
NOT_CONFIRMED = (
    "Not confirmed: the store did not answer in time, so the change may or may not be there."
    " Look at the value before you try again."
)
NOT_AS_EXPECTED = "Not saved: the value had changed since you opened it."
THERE_ALREADY = "Not saved: there is a key of this name by now."


class JournalUnavailable(StorageError, DatabaseError):
    """The journal could not be written, so the store was not touched."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an operation, in a word and in a sentence.

    `current` is what the store held when it was read back after a conflict or an unknown outcome.
    """

    outcome: Outcome
    message: str
    entry: Entry
    current: StoredValue | None = None


async def carry_out(attempt: Attempt, *, may_bring_in: bool) -> Result:
    """Make a change that is allowed. Raises as `perform` does, but for rights.

    `may_bring_in` says whether the new bytes may import what those in the store do not.
    """
    try:
        storage = changeable(attempt.store)
        if attempt.expires is not KEEP:
            lifetime(attempt.expires)
        if attempt.after is not None:
            images = [image for image in (attempt.before, attempt.after) if image is not None]
            was_stored = attempt.deed is Deed.RESTORE
            await reading.make(
                "check_write", *images, allow_imports=may_bring_in, was_stored=was_stored
            )
        (info,) = await storage.describe([attempt.stored_key])
    except StorageError as error:
        await refuse(attempt, str(error))
        raise
    started = time.monotonic()
    intent = await on_record(replace(attempt, before_expires_at=info.expires_at if info else None))
    try:
        if time.monotonic() - started > TOO_LATE_AFTER:
            raise StoreUnavailable(TOO_LATE)
        outcome = await storage.compare_and_set(
            attempt.stored_key, attempt.before, attempt.after, expires=attempt.expires
        )
    except StorageError as error:
        await put_outcome_on_record(intent, Answer.FAILED, str(error))
        raise
    result = await told(storage, intent, outcome)
    if not await put_outcome_on_record(intent, ANSWER_OF[result.outcome], result.message):
        result = replace(result, message=f"{result.message} {TOLD_LATER}")
    await announce(attempt.store, attempt.stored_key)
    return result


async def on_record(attempt: Attempt) -> Entry:
    """The intent, durable. Raises JournalUnavailable."""
    try:
        return await record_intent(attempt)
    except DatabaseError as error:
        log.exception("The journal could not be written.")
        raise JournalUnavailable(NO_JOURNAL) from error


async def put_outcome_on_record(intent: Entry, answer: Answer, note: str) -> bool:
    """Whether the journal took it. If not, the intent stays open and is reconciled later."""
    try:
        await record_outcome(intent, answer, note)
    except DatabaseError:
        log.exception("The outcome of the journal's entry %s is told later.", intent.pk)
        return False
    return True


async def refuse(attempt: Attempt, why: str) -> None:
    """Put on record that a change was not begun. Raises JournalUnavailable."""
    intent = await on_record(attempt)
    await record_outcome(intent, Answer.REFUSED, why)
    await announce(attempt.store, attempt.stored_key)


def changeable(store_name: str) -> BrowsableStorage:
    """The backend of a store that people may change.

    Raises ReadOnlyStore or UnsupportedByBackend.
    """
    store = stores.get(store_name)
    if store.read_only:
        raise ReadOnlyStore(f"The store {store_name} was opened read-only. Nothing was changed.")
    if store.browsable is None:
        raise UnsupportedByBackend(
            f"The backend of {store_name} cannot compare before it writes, so a change here could"
            " overwrite one of the bot's. Nothing was changed."
        )
    return store.browsable


async def told(storage: BrowsableStorage, intent: Entry, outcome: Outcome) -> Result:
    """The outcome in a sentence, after reading back where the answer leaves a question."""
    if outcome is Outcome.SAVED:
        return Result(outcome, "Saved.", intent)
    if outcome is Outcome.GONE:
        return Result(outcome, "Not saved: the key was deleted or has expired meanwhile.", intent)
    try:
        (current,) = await storage.fetch([intent.stored_key])
    except StoreUnavailable:
        if outcome is Outcome.UNKNOWN:
            return Result(outcome, NOT_CONFIRMED, intent)
        return Result(outcome, changed(intent), intent)
    if outcome is Outcome.UNKNOWN and is_done(intent, current):
        message = "Saved. The store's answer was lost; reading back shows the change."
        return Result(Outcome.SAVED, message, intent, current)
    message = NOT_CONFIRMED if outcome is Outcome.UNKNOWN else changed(intent)
    return Result(outcome, message, intent, current)


def changed(intent: Entry) -> str:
    """Why nothing was saved where the store held something else."""
    return NOT_AS_EXPECTED if intent.before is not None else THERE_ALREADY


def is_done(intent: Entry, current: StoredValue | None) -> bool:
    """Whether what the store holds now is what the intent asked for."""
    wanted = None if intent.after is None else bytes(intent.after)
    held = None if current is None else current.data
    if held != wanted:
        return False
    if intent.keeps_expiry or current is None:
        return True
    wanted_end, held_end = intent.after_expires_at, current.expires_at
    if wanted_end is None or held_end is None:
        return wanted_end == held_end
    return abs(wanted_end - held_end) < EXPIRY_TOLERANCE


async def announce(store: str, stored_key: str) -> None:
    """Tell all processes that the journal has news of a key."""
    namespace = KeyRef.parse(stored_key).namespace
    await marks.announce_entry(store, namespace=namespace, is_of_keys=True)
    await marks.announce(marks.key_topic(store, stored_key))
