"""The real dashboard in a process of its own, and a person who asks for its pages."""

import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote, urlsplit

from tests.browser.dashboard import Dashboard

__all__ = ["Answer", "Client", "served", "wait_until_read"]

SETTINGS: Final = "tests.bench.floor_settings"
READ_SECONDS: Final = 300
STORE: Final = "prod"


class Answer(NamedTuple):
    """One answer: the seconds until its last byte was here, its status and its text."""

    seconds: float
    status: int
    text: str


class Client:
    """A person who is signed in, on one connection that is kept."""

    def __init__(self, dashboard: Dashboard, role: str = "admin") -> None:
        link = urlsplit(dashboard.link_for("bench", role))
        self.host = link.netloc
        self.connection = HTTPConnection(link.netloc)
        self.cookie = ""
        self.connection.request("GET", link.path)
        response = self.connection.getresponse()
        response.read()
        given = [
            value.split(";")[0] for name, value in response.getheaders() if name == "set-cookie"
        ]
        self.cookie = "; ".join(given)

    def get(self, address: str, **headers: str) -> Answer:
        """Ask for a page and read it to its end."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        started = time.perf_counter()
        self.connection.request("GET", address, headers={"Cookie": self.cookie, **named})
        response = self.connection.getresponse()
        text = response.read()
        took = time.perf_counter() - started
        return Answer(took, response.status, text.decode())

    def floor(self, address: str) -> Answer:
        """The same page from what it was rendered from last."""
        return self.get(f"/bench/floor/?of={quote(address, safe='')}")

    def process(self, *, again: bool = False) -> dict[str, float]:
        """What the dashboard's process tells of itself; see `floor_urls`."""
        told: dict[str, float] = json.loads(
            self.get("/bench/process/" + ("?again=1" if again else "")).text
        )
        return told


@contextmanager
def served(**stores: str) -> Iterator[Dashboard]:
    """A dashboard of these stores, with the addresses of `floor_urls`."""
    before = os.environ.get("DJANGO_SETTINGS_MODULE")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
        try:
            dashboard = Dashboard(Path(folder), stores)
            try:
                yield dashboard
            finally:
                dashboard.stop()
        finally:
            os.environ.pop("DJANGO_SETTINGS_MODULE")
            if before is not None:
                os.environ["DJANGO_SETTINGS_MODULE"] = before


def wait_until_read(client: Client, store: str = STORE) -> float:
    """Wait until the dashboard knows all of a store; the seconds that it took."""
    started = time.monotonic()
    while "<progress" in client.get(f"/{store}/", HX_Request="true", HX_Target="status").text:
        if time.monotonic() - started > READ_SECONDS:
            raise TimeoutError(f"The store {store} was not read in {READ_SECONDS} s.")
        time.sleep(0.05)
    return time.monotonic() - started
