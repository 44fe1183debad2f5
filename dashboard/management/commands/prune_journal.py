"""`manage.py prune_journal`: remove the entries that are older than the setting says."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from dashboard.journal import chain


class Command(BaseCommand):
    help = (
        "Remove entries older than CUBBYHOLE_JOURNAL_DAYS days; the journal says that it was done."
    )

    def handle(self, *_: str, **__: Any) -> None:
        days = settings.CUBBYHOLE_JOURNAL_DAYS
        if not days:
            raise CommandError("CUBBYHOLE_JOURNAL_DAYS is not set, so every entry is kept.")
        removed = chain.prune(timezone.now() - timedelta(days=days))
        self.stdout.write(f"{removed} entries older than {days} days were removed.")
