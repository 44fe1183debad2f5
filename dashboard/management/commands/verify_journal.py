"""`manage.py verify_journal`: has the journal been altered?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dashboard.journal import chain
from dashboard.journal.models import ChainHead, Entry


class Command(BaseCommand):
    help = "Check every seal of the journal; exit with 1 if an entry was altered, removed or moved."

    def handle(self, *_: str, **__: Any) -> None:
        faults = list(chain.verify())
        for fault in faults:
            self.stderr.write(f"entry {fault.index} is {fault.what}")
        if faults:
            raise CommandError("The journal is not as it was written.")
        head = ChainHead.objects.filter(pk=1).first() or ChainHead()
        self.stdout.write(f"{Entry.objects.count()} entries, all as they were written.")
        self.stdout.write(f"Head: entry {head.index}, seal {head.seal or 'none'}")
