"""`manage.py test`: bring what the tests need beside Python, then run every one of them."""

import json
import os
import shutil
import subprocess
import sys
from argparse import REMAINDER, ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

FAILED = 1
"""Pytest's exit code for tests that failed."""
MOST_UNSTEADY = 3
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Command(BaseCommand):
    help = "Run every test and check. Arguments go to pytest."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("arguments", nargs=REMAINDER, metavar="PYTEST_ARGUMENT")

    def run_from_argv(self, argv: list[str]) -> None:
        # Options such as `-k` belong to pytest; Django's parser would refuse them.
        if not {"-h", "--help"} & set(argv):
            argv = [*argv[:2], "--", *argv[2:]]
        super().run_from_argv(argv)

    def handle(self, *_: str, arguments: list[str], **__: Any) -> None:
        environment = {**os.environ, "CUBBYHOLE_TEST_CHROMIUM": ensure_chromium()}
        given = [argument for argument in arguments if argument != "--"]
        os.chdir(settings.BASE_DIR)
        code = run_pytest(given or ["-n", "2", "--dist", "loadscope"], environment)
        again = unsteady() if code == FAILED and not given else []
        if again:
            self.stdout.write("Run once more, by themselves, since a browser shares two cores:")
            self.stdout.write("".join(f"  {test}\n" for test in again))
            code = run_pytest(again, environment)
        sys.exit(code)


def run_pytest(arguments: list[str], environment: dict[str, str]) -> int:
    """Run pytest, and give its exit code."""
    sys.stdout.flush()
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603


def unsteady() -> list[str]:
    """The tests that failed, if they are few and all of them wait for a browser; else nothing.

    Whatever else fails has failed: what is about bytes, rights and changes gets no second chance.
    """
    failed = Path(".pytest_cache/v/cache/lastfailed")
    tests = list(json.loads(failed.read_text(encoding="utf-8"))) if failed.exists() else []
    is_few = len(tests) <= MOST_UNSTEADY
    return tests if is_few and all(test.startswith("tests/browser/") for test in tests) else []


def ensure_chromium() -> str:
    """The path of a Chromium, installed from Debian's package where that can be done.

    Raises CommandError with the one thing to do where it cannot.
    """
    found = find_chromium()
    if found is None and shutil.which("apt-get") and os.geteuid() == 0:
        for words in (["update", "-qq"], ["install", "-y", "-qq", "chromium"]):
            subprocess.run(["apt-get", *words], check=False, stdout=subprocess.DEVNULL)  # noqa: S603, S607
        found = find_chromium()
    if found is None:
        raise CommandError(
            "The browser tests need Chromium: apt-get install chromium, then try again."
        )
    return found


def find_chromium() -> str | None:
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
