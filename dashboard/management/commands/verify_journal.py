"""`manage.py verify_journal`: has the journal been altered?"""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dashboard.journal import chain
from dashboard.journal.head import Head
from dashboard.journal.models import ChainHead, Entry


def head_from(text: str) -> Head:
    try:
        return Head.parse(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


class Command(BaseCommand):
    help = "Check every seal of the journal; exit with 1 if an entry was altered, removed or moved."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--head",
            action="append",
            type=head_from,
            default=[],
            metavar="NUMBER:SEAL",
            help="a head that was printed earlier: the journal has to go on from it",
        )

    def handle(self, *_: str, head: list[Head], **__: Any) -> None:
        try:
            faults = list(chain.verify(*head))
        except ValueError as error:
            raise CommandError(f"The file with the journal's head was altered: {error}") from error
        for fault in faults:
            self.stderr.write(f"entry {fault.index} is {fault.what}")
        if faults:
            raise CommandError("The journal is not as it was written.")
        last = ChainHead.objects.filter(pk=1).first() or ChainHead()
        self.stdout.write(f"{Entry.objects.count()} entries, all as they were written.")
        self.stdout.write(f"Head: {Head(last.index, last.seal) if last.seal else 'none'}")
