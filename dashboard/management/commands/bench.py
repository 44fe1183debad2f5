"""`manage.py bench`: measure, and print the figures as a table."""

import os
import sys
from argparse import REMAINDER, ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Run the benchmarks, or the ones that are named. The code is in tests/bench."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("arguments", nargs=REMAINDER, metavar="NAME")

    def handle(self, *_: str, arguments: list[str], **__: Any) -> None:
        sys.stdout.flush()
        os.chdir(settings.BASE_DIR)
        os.execv(sys.executable, [sys.executable, "-m", "tests.bench", *arguments])  # noqa: S606 - our own words
