"""What became of a change without a known outcome: found out later, by what the store holds."""

import asyncio
import logging
from datetime import datetime, timedelta

from django.utils import timezone

from dashboard.journal import queries
from dashboard.journal.models import Answer, Entry
from dashboard.journal.recorder import record_finding
from dashboard.operations.execution import announce, changeable, is_done
from storage_core.entries import StoredValue
from storage_core.exceptions import StorageError

__all__ = ["reconcile"]

log = logging.getLogger(__name__)

# Longer than any operation takes (see `TOO_LATE_AFTER`): what is older and has no outcome belongs
# to a process that ended.
ABANDONED_AFTER = timedelta(minutes=2)
# Seconds between two looks before it is said that a change was not made: what was sent to a server
# that was paused may be carried out when it goes on.
LOOK_AGAIN_AFTER = 1.0


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
    answer, note = verdict(intent, current)
    if answer is Answer.FAILED:
        await asyncio.sleep(LOOK_AGAIN_AFTER)
        (current,) = await storage.fetch([intent.stored_key])
        answer, note = verdict(intent, current)
    return answer, note


def verdict(intent: Entry, current: StoredValue | None) -> tuple[Answer, str]:
    """What can be said afterwards of an intent of whose outcome nobody could tell."""
    held = None if current is None else current.data
    if is_done(intent, current):
        return Answer.SAVED, f"{queries.FOUND_LATER} the store holds what was asked for."
    if held == (None if intent.before is None else bytes(intent.before)):
        return Answer.FAILED, f"{queries.FOUND_LATER} the store still holds what it held before."
    return Answer.UNKNOWN, f"{queries.FOUND_LATER} the store holds something else by now."
