"""Removing old entries day by day, where it is configured, without anybody's command.

Each web process looks now and again whether it is time. What tells that it was done today is the
journal's own entry about it, looked up under the lock of the chain: so of several processes one
does it, and one that is killed on the way has done nothing.
"""

import logging
from datetime import datetime, timedelta
from typing import Final

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dashboard.chores import again_and_again
from dashboard.journal import chain
from dashboard.journal.models import ChainHead, Entry, Kind

__all__ = ["keep_pruned", "prune_daily"]

log = logging.getLogger(__name__)

DAILY: Final = timedelta(hours=23)
"""Between two times; an hour less than a day, so that the time of day does not wander."""
LOOK_EVERY: Final = 1800.0
"""Seconds between two looks whether it is time."""


@transaction.atomic
def prune_daily(days: int, now: datetime | None = None) -> int:
    """Remove entries older than `days`, unless that was done today; gives how many went."""
    now = now or timezone.now()
    ChainHead.objects.get_or_create(pk=1)
    ChainHead.objects.select_for_update().get(pk=1)
    if Entry.objects.filter(kind=Kind.PRUNING, at__gt=now - DAILY).exists():
        return 0
    return chain.prune(now - timedelta(days=days))


async def keep_pruned() -> None:
    """Prune once a day until cancelled. With `CUBBYHOLE_JOURNAL_DAYS` at 0, everything is kept."""
    complaint = "Old entries of the journal could not be removed; trying again."
    await again_and_again(prune_as_configured, LOOK_EVERY, complaint)


async def prune_as_configured() -> None:
    days = settings.CUBBYHOLE_JOURNAL_DAYS
    count = await sync_to_async(prune_daily)(days) if days else 0
    if count:
        log.info("%s entries of the journal older than %s days were removed.", count, days)
