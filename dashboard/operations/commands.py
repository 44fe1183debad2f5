"""What people can ask for: carried out to its end where they may, else refused and on record."""

import asyncio
from dataclasses import dataclass

from django.contrib.auth.models import User

from dashboard.access import NotAllowed, Rights, Verb
from dashboard.journal.models import Deed
from dashboard.journal.recorder import Attempt
from dashboard.operations.execution import Result, carry_out, refuse
from storage_core.entries import KEEP, Expiry
from storage_core.keys import KeyRef

__all__ = [
    "Person",
    "change_expiry",
    "create",
    "delete",
    "edit",
    "note_refusal",
    "restore",
]

VERB_OF = {
    Deed.EDIT: Verb.EDIT,
    Deed.CREATE: Verb.CREATE,
    Deed.DELETE: Verb.DELETE,
    Deed.EXPIRE: Verb.EXPIRE,
}
# What is being carried out. The event loop by itself would not keep it.
UNDER_WAY: set[asyncio.Task[Result]] = set()


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts, with the rights of this moment and the address the request came from."""

    user: User
    rights: Rights
    address: str | None = None


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


async def note_refusal(person: Person, store: str, stored_key: str, deed: Deed, why: str) -> None:
    """Put on record that somebody tried what they may not do, before anything was read."""
    user, address = person.user, person.address
    await refuse(Attempt(user, address, store, stored_key, deed, "", None, None, None), why)
