"""The only writes by people.

Every one goes the same way: may they? → the intent with the before-image in the journal → one
compare-and-set in the store → the outcome in the journal. The change then comes back through the
store's feed, like a bot's.
"""

import asyncio
import logging
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import DatabaseError
from django.utils import timezone

from dashboard import marks, reading, stores
from dashboard.access import NotAllowed, Rights, Verb
from dashboard.journal import queries
from dashboard.journal.models import Answer, Deed, Entry
from dashboard.journal.recorder import (
    Attempt,
    record_finding,
    record_intent,
    record_outcome,
)
from storage_core.abc import BrowsableStorage
from storage_core.entries import KEEP, Expiry, Outcome, StoredValue
from storage_core.exceptions import (
    ReadOnlyStore,
    StorageError,
    StoreUnavailable,
    UnsupportedByBackend,
)
from storage_core.expiry import lifetime
from storage_core.keys import KeyRef

__all__ = [
    "JournalUnavailable",
    "Person",
    "Result",
    "change_expiry",
    "create",
    "delete",
    "edit",
    "note_refusal",
    "reconcile",
    "restore",
]

log = logging.getLogger(__name__)

VERB_OF = {
    Deed.EDIT: Verb.EDIT,
    Deed.CREATE: Verb.CREATE,
    Deed.DELETE: Verb.DELETE,
    Deed.EXPIRE: Verb.EXPIRE,
}
ANSWER_OF = {
    Outcome.SAVED: Answer.SAVED,
    Outcome.CHANGED: Answer.CHANGED,
    Outcome.GONE: Answer.GONE,
    Outcome.UNKNOWN: Answer.UNKNOWN,
}
# Longer than any operation takes: what is older and has no outcome belongs to a process that ended.
ABANDONED_AFTER = timedelta(minutes=2)
# Seconds from its intent after which a change is not begun any more, as others may soon settle it.
TOO_LATE_AFTER = 60.0
# Seconds between two looks before it is said that a change was not made: what was sent to a server
# that was paused may be carried out when it goes on.
LOOK_AGAIN_AFTER = 1.0
# Seconds by which an expiry that was asked for and the one that is read back may differ.
EXPIRY_TOLERANCE = 5.0
UNDER_WAY: set[asyncio.Task["Result"]] = set()


class JournalUnavailable(StorageError, DatabaseError):
    """The journal could not be written, so the store was not touched."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts, with the rights of this moment and the address the request came from."""

    user: User
    rights: Rights
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an operation, in a word and in a sentence.

    `current` is what the store held when it was read back after a conflict or an unknown outcome.
    """

    outcome: Outcome
    message: str
    entry: Entry
    current: StoredValue | None = None


async def edit(
    person: Person, store: str, stored_key: str, expected: bytes, new: bytes, reason: str = ""
) -> Result:
    """Replace exactly `expected` by `new`, keeping the expiry."""
    return await perform(person, store, stored_key, Deed.EDIT, expected, new, reason=reason)


async def create(
    person: Person,
    store: str,
    stored_key: str,
    data: bytes,
    expires: float | None = None,
    reason: str = "",
) -> Result:
    """Store a key that is not there yet; `expires` is seconds from now."""
    return await perform(
        person, store, stored_key, Deed.CREATE, None, data, expires=expires, reason=reason
    )


async def delete(
    person: Person, store: str, stored_key: str, expected: bytes, reason: str = ""
) -> Result:
    """Remove a key that still holds exactly `expected`."""
    return await perform(person, store, stored_key, Deed.DELETE, expected, None, reason=reason)


async def change_expiry(
    person: Person,
    store: str,
    stored_key: str,
    expected: bytes,
    expires: float | None,
    reason: str = "",
) -> Result:
    """Let a key expire in `expires` seconds, or never (None); its value stays as it is."""
    return await perform(
        person, store, stored_key, Deed.EXPIRE, expected, expected, expires=expires, reason=reason
    )


async def restore(  # noqa: PLR0913 - one change has this many facts
    person: Person,
    store: str,
    stored_key: str,
    expected: bytes | None,
    data: bytes | None,
    *,
    expires: Expiry,
    reason: str = "",
    source: str = "",
) -> Result:
    """Put a key back to an earlier state: its bytes, or None for a key that was not there.

    `source` says in a sentence where the state comes from. What the bot would import for it and
    does not now needs `Verb.BRING_IN`.
    """
    return await perform(
        person,
        store,
        stored_key,
        Deed.RESTORE,
        expected,
        data,
        expires=expires,
        reason=reason,
        note=source,
    )


async def perform(  # noqa: PLR0913 - one change has this many facts
    person: Person,
    store: str,
    stored_key: str,
    deed: Deed,
    expected: bytes | None,
    new: bytes | None,
    *,
    expires: Expiry = KEEP,
    reason: str = "",
    note: str = "",
) -> Result:
    """Authorise, then carry the change out to its end even if the person's connection drops.

    Raises Http404 or NotAllowed for what the person may not do, RefusedEdit for new bytes
    that the bot must not be given, ReadOnlyStore, UnsupportedByBackend, InvalidExpiry,
    JournalUnavailable, and StoreUnavailable when it is certain that nothing was written. All but
    Http404 are journaled.
    """
    namespace = KeyRef.parse(stored_key).namespace
    person.rights.require(Verb.SEE_NAMES, store, namespace)
    attempt = Attempt(
        person.user,
        person.address,
        store,
        stored_key,
        deed,
        reason,
        expected,
        None,
        new,
        expires,
        note,
    )
    for verb in verbs_for(attempt):
        if not person.rights.may(verb, store, namespace):
            await refuse(attempt, "not allowed")
            refusal = NotAllowed(person.rights.why_not(verb), verb, store, namespace)
            refusal.is_on_record = True
            raise refusal
    may_bring_in = deed is Deed.RESTORE and person.rights.may(Verb.BRING_IN, store, namespace)
    task = asyncio.create_task(carry_out(attempt, may_bring_in=may_bring_in))
    UNDER_WAY.add(task)
    task.add_done_callback(UNDER_WAY.discard)
    return await asyncio.shield(task)


def verbs_for(attempt: Attempt) -> tuple[Verb, ...]:
    """What a person has to be allowed for this change."""
    if attempt.deed is not Deed.RESTORE:
        return (VERB_OF[attempt.deed],)
    if attempt.before is None:
        return (Verb.CREATE,)
    if attempt.after is None:
        return (Verb.DELETE,)
    if attempt.expires is KEEP:
        return (Verb.EDIT,)
    return (Verb.EXPIRE,) if attempt.before == attempt.after else (Verb.EDIT, Verb.EXPIRE)


async def carry_out(attempt: Attempt, *, may_bring_in: bool) -> Result:
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


async def refuse(attempt: Attempt, why: str) -> None:
    intent = await on_record(attempt)
    await record_outcome(intent, Answer.REFUSED, why)
    await announce(attempt.store, attempt.stored_key)


async def note_refusal(person: Person, store: str, stored_key: str, deed: Deed, why: str) -> None:
    """Put on record that somebody tried what they may not do, before anything was read."""
    user, address = person.user, person.address
    await refuse(Attempt(user, address, store, stored_key, deed, "", None, None, None), why)


async def announce(store: str, stored_key: str) -> None:
    namespace = KeyRef.parse(stored_key).namespace
    await marks.announce_entry(store, namespace=namespace, is_of_keys=True)
    await marks.announce(marks.key_topic(store, stored_key))


async def reconcile(abandoned_before: datetime | None = None) -> int:
    """Settle what processes left open that ended between intent and outcome, and what stayed
    unknown; return how many.

    Intents that are older than any operation lasts are nobody's any more, and so are all from
    before `abandoned_before`. What is of a store that does not answer stays open for the next time.
    """
    settled = 0
    moments = [timezone.now() - ABANDONED_AFTER, *([abandoned_before] if abandoned_before else [])]
    for one in await queries.unsettled(max(moments)):
        intent = one.intent
        try:
            answer, note = await found_out(intent)
        except (StorageError, LookupError) as error:
            log.warning("The journal's entry %s stays open: %s", intent.pk, error)
            continue
        if await record_finding(intent, one.last_word, answer, note):
            await announce(intent.store, intent.stored_key)
            settled += 1
    return settled


async def found_out(intent: Entry) -> tuple[Answer, str]:
    """What can be said of an intent by what its store holds. Raises StorageError, LookupError."""
    storage = changeable(intent.store)
    (current,) = await storage.fetch([intent.stored_key])
    answer, note = settlement(intent, current)
    if answer is Answer.FAILED:
        await asyncio.sleep(LOOK_AGAIN_AFTER)
        (current,) = await storage.fetch([intent.stored_key])
        answer, note = settlement(intent, current)
    return answer, note


def settlement(intent: Entry, current: StoredValue | None) -> tuple[Answer, str]:
    """What can be said afterwards of an intent of whose outcome nobody could tell."""
    held = None if current is None else current.data
    if is_done(intent, current):
        return Answer.SAVED, f"{queries.FOUND_LATER} the store holds what was asked for."
    if held == (None if intent.before is None else bytes(intent.before)):
        return Answer.FAILED, f"{queries.FOUND_LATER} the store still holds what it held before."
    return Answer.UNKNOWN, f"{queries.FOUND_LATER} the store holds something else by now."
