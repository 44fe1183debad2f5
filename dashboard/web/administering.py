"""Changes of people and rights: each is made together with its entry in the journal, or not."""

import logging
from collections.abc import Callable

from asgiref.sync import sync_to_async
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.http import HttpRequest

from dashboard import marks
from dashboard.access import Verb
from dashboard.access.people import Refused
from dashboard.journal import chain
from dashboard.journal.models import Answer, Deed
from dashboard.journal.recorder import Note, entry_of
from dashboard.operations import NO_JOURNAL, JournalUnavailable
from dashboard.web.on_record import put_on_record
from dashboard.web.visits import Visit, enter

__all__ = ["change_rights", "enter_admin"]

log = logging.getLogger(__name__)


async def enter_admin(request: HttpRequest) -> Visit:
    """Somebody who decides about rights. Raises PermissionDenied with a sentence for others."""
    visit = await enter(request)
    if not visit.rights.administers:
        raise PermissionDenied(visit.rights.why_not(Verb.ADMINISTER))
    return visit


async def change_rights(visit: Visit, work: Callable[[], str], reason: str = "") -> str:
    """Do `work`, which says in a sentence what it did, and put that on record; gives the sentence.

    Raises `access.people.Refused` as `work` does, which is on record too, and JournalUnavailable;
    nothing is changed then.
    """
    person = visit.person

    @transaction.atomic
    def on_record() -> str:
        said = work()
        note = Note(person.user, person.address, Deed.RIGHTS, said, reason=reason)
        chain.append(entry_of(note))
        return said

    try:
        said = await sync_to_async(on_record)()
    except Refused as error:
        text = f"Refused: {error}"
        await put_on_record(visit, Deed.RIGHTS, text, reason=reason, answer=Answer.REFUSED)
        raise
    except DatabaseError as error:
        log.exception("A change of rights could not be put on record.")
        raise JournalUnavailable(NO_JOURNAL) from error
    await marks.announce_entry("", namespace=None, is_of_keys=False)
    return said
