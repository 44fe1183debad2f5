"""Putting on record what a person does without changing a store."""

import logging

from django.db import DatabaseError

from dashboard import marks
from dashboard.journal.models import Answer, Deed
from dashboard.journal.recorder import Note, record_note
from dashboard.operations import NO_JOURNAL, JournalUnavailable
from dashboard.web.visits import Visit
from storage_core.keys import namespace_of

__all__ = ["put_on_record"]

log = logging.getLogger(__name__)


async def put_on_record(  # noqa: PLR0913 - one note has this many facts
    visit: Visit,
    deed: Deed,
    text: str,
    *,
    store: str = "",
    namespace: str = "",
    stored_key: str | None = None,
    reason: str = "",
    answer: Answer = Answer.SAVED,
) -> None:
    """Write it down before it is done. Raises JournalUnavailable: then it may not be done."""
    person = visit.person
    note = Note(
        person.user, person.address, deed, text, store, namespace, stored_key, reason, answer
    )
    try:
        await record_note(note)
    except DatabaseError as error:
        log.exception("The journal could not be written.")
        raise JournalUnavailable(NO_JOURNAL) from error
    is_of_keys = bool(namespace) or stored_key is not None
    place = namespace_of(stored_key) if stored_key is not None else namespace or None
    await marks.announce_entry(store, namespace=place, is_of_keys=is_of_keys)
