"""`manage.py up`: everything in one process, with a demo when no store is given."""

import socket
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from dashboard import stores
from dashboard.access import people
from dashboard.configuration import parse_stores
from storage_core import open_storage
from storage_core.exceptions import InvalidStoreURL

DEMO_FILE = "demo.db"


class Command(BaseCommand):
    help = "Prepare the database, then run watchers and web server in one process."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--store",
            action="append",
            default=[],
            metavar="NAME=URL",
            help="a bot's storage to open, such as prod=redis://localhost/0; may be repeated",
        )
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on")

    def handle(self, *_: str, store: list[str], host: str, port: int, **__: Any) -> None:
        given = configured_stores(store)
        settings.DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        call_command("migrate", interactive=False, verbosity=0)
        demo = settings.DATA_DIR / DEMO_FILE
        settings.CUBBYHOLE_STORES = given or {"demo": f"sqlite:///{demo}"}
        check_stores()
        check_port(host, port)
        with nothing_beside() if given else demo_bot(demo):
            self.greet(host, port)
            serve(host, port)

    def greet(self, host: str, port: int) -> None:
        shown_host = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::", "::1"} else host  # noqa: S104 - read, not bound
        base = f"http://{shown_host}:{port}"
        self.stdout.write(f"Cubbyhole shows {', '.join(settings.CUBBYHOLE_STORES)} at {base}/")
        admin = people.first_admin()
        if admin is not None:
            path = reverse("sign-in-link", args=[people.issue_link(admin)])
            self.stdout.write(f"Sign in as {admin} with this link, it works once: {base}{path}")
        self.stdout.flush()


def configured_stores(options: list[str]) -> dict[str, str]:
    """The stores of the command line added to those of the environment."""
    try:
        # A URL on the command line may hold commas; the environment's list may not.
        given = [parse_stores(option.replace(",", "%2C")) for option in options]
    except ImproperlyConfigured as error:
        raise CommandError(str(error).replace("CUBBYHOLE_STORES", "--store")) from error
    added = {name: url for one in given for name, url in one.items()}
    return {**settings.CUBBYHOLE_STORES, **added}


def check_stores() -> None:
    """Raise CommandError for a store that cannot be meant; one that is only down is no error."""
    try:
        for config in stores.configured():
            open_storage(config.url)
    except (ImproperlyConfigured, InvalidStoreURL) as error:
        raise CommandError(str(error)) from error


def check_port(host: str, port: int) -> None:
    """Raise CommandError if nobody could listen there, before a link to it is printed."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Nothing can listen on {host}, port {port}: {error.strerror}. Give another --port."
            ) from error


@contextmanager
def nothing_beside() -> Iterator[None]:
    yield


@contextmanager
def demo_bot(file: Path) -> Iterator[None]:
    """A bot in a process of its own that writes to `file` until this process ends."""
    url = f"sqlite:///{file}?create=1"
    command = [sys.executable, "-m", "storage_core.demo", url, "--until-input-ends"]
    # The pipe is never written to: it ends with this process, however that ends.
    with subprocess.Popen(command, cwd=settings.BASE_DIR, stdin=subprocess.PIPE) as bot:  # noqa: S603 - our own words
        try:
            yield
        finally:
            bot.terminate()


def serve(host: str, port: int) -> None:
    """Run the web server until it is told to stop."""
    uvicorn.run(
        "dashboard.asgi:application",
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=64 * 1024,
        ws_per_message_deflate=False,  # marks are short; 300 kB of buffers a socket are not
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
