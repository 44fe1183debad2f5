"""Writing the journal: an intent before the store is touched, an outcome after."""

from dataclasses import dataclass

from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from dashboard.journal import chain
from dashboard.journal.models import Answer, Deed, Entry, Kind
from dashboard.keyed import digest_of_key
from storage_core.entries import KEEP, Expiry
from storage_core.keys import KeyRef, key_to_bytes

__all__ = [
    "Attempt",
    "Note",
    "record_finding",
    "record_intent",
    "record_note",
    "record_outcome",
]


@dataclass(frozen=True, slots=True)
class Attempt:
    """All that is known of a change before it is tried."""

    user: User
    address: str | None
    store: str
    stored_key: str
    deed: Deed
    reason: str
    before: bytes | None
    before_expires_at: float | None
    after: bytes | None
    expires: Expiry = KEEP
    note: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a person did without changing a store; `text` says what, in a sentence.

    `answer` is SAVED for what is done as soon as it is on record, else what came in its way.
    `store` is empty where it is about none. `stored_key` is None where it is about no single key;
    then `namespace` says of which plugin it is, empty for all of them.
    """

    user: User | None
    address: str | None
    deed: Deed
    text: str
    store: str = ""
    namespace: str = ""
    stored_key: str | None = None
    reason: str = ""
    answer: Answer = Answer.SAVED


async def record_intent(attempt: Attempt) -> Entry:
    """Add the intent. It is committed when this returns; if it raises, nothing may be changed."""
    now = timezone.now()
    expires = attempt.expires
    moment = now.timestamp() + expires if isinstance(expires, int | float) else None
    entry = Entry(
        at=now,
        kind=Kind.INTENT,
        person=attempt.user,
        person_name=attempt.user.get_username(),
        address=attempt.address,
        store=attempt.store,
        namespace=KeyRef.parse(attempt.stored_key).namespace or "",
        key=key_to_bytes(attempt.stored_key),
        key_digest=digest_of_key(attempt.stored_key),
        deed=attempt.deed,
        reason=attempt.reason,
        before=attempt.before,
        before_expires_at=attempt.before_expires_at,
        after=attempt.after,
        keeps_expiry=expires is KEEP,
        after_expires_at=moment,
        note=attempt.note,
    )
    return await sync_to_async(chain.append)(entry)


async def record_outcome(intent: Entry, answer: Answer, note: str = "") -> Entry:
    """Add what became of an intent."""
    outcome = Entry(
        at=timezone.now(), kind=Kind.OUTCOME, about_id=intent.pk, answer=answer, note=note
    )
    return await sync_to_async(chain.append)(outcome)


async def record_finding(intent: Entry, last_word: int, answer: Answer, note: str) -> bool:
    """Add what was found out later of an intent of which `last_word` was said last (0: nothing).

    False if somebody has said more meanwhile, whose word then stands.
    """
    found = Entry(
        at=timezone.now(), kind=Kind.OUTCOME, about_id=intent.pk, answer=answer, note=note
    )
    return await sync_to_async(append_after)(found, last_word)


@transaction.atomic
def append_after(found: Entry, last_word: int) -> bool:
    chain.lock()
    said_since = Entry.objects.filter(about=found.about_id, index__gt=last_word)
    if said_since.exists():
        return False
    chain.append(found)
    return True


async def record_note(note: Note) -> Entry:
    """Add what a person does. It is committed when this returns; if it raises, do not do it."""
    return await sync_to_async(chain.append)(entry_of(note))


def entry_of(note: Note) -> Entry:
    """The entry for a note; `chain.append` adds it, also within a larger transaction."""
    key = note.stored_key
    return Entry(
        at=timezone.now(),
        kind=Kind.NOTED,
        person=note.user,
        person_name=note.user.get_username() if note.user else "",
        address=note.address,
        store=note.store,
        namespace=note.namespace if key is None else KeyRef.parse(key).namespace or "",
        key=b"" if key is None else key_to_bytes(key),
        key_digest="" if key is None else digest_of_key(key),
        deed=note.deed,
        reason=note.reason,
        # Empty for what is done, as the entries from before there were others have it.
        answer="" if note.answer is Answer.SAVED else note.answer,
        note=note.text,
    )
