"""The real dashboard in a process of its own, and a person who asks for its pages."""

import json
import re
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

import pytest

from tests.browser.dashboard import Dashboard

__all__ = ["Answer", "Client", "served"]

SETTINGS: Final = "tests.bench.floor_settings"
READ_SECONDS: Final = 300
IDLE_SECONDS: Final = 2.0
HIDDEN: Final = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)"')


class Answer(NamedTuple):
    """One answer: the seconds until its last byte was here, its status and its text."""

    seconds: float
    status: int
    text: str


class Client:
    """A person on one connection that is kept; `another` gives them one more."""

    def __init__(self, host: str, cookies: Mapping[str, str] | None = None) -> None:
        self.host = host
        self.cookies = dict(cookies or {})
        self.connection = HTTPConnection(host)
        self.used_at = 0.0
        self.others: list[Client] = []

    def another(self) -> "Client":
        self.others.append(Client(self.host, self.cookies))
        return self.others[-1]

    def close(self) -> None:
        self.connection.close()
        for other in self.others:
            other.close()

    @property
    def cookie(self) -> str:
        """The header that says who this is."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def get(self, address: str, **headers: str) -> Answer:
        """Ask for a page and read it to its end."""
        return self.ask("GET", address, headers)

    def send(self, address: str, **fields: str) -> Answer:
        """Fill in the form at an address, with the hidden fields that it has, and send it."""
        form = dict(HIDDEN.findall(self.get(address).text))
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", address, kind, urlencode({**form, **fields}))

    def ask(
        self, method: str, address: str, headers: Mapping[str, str], body: str | None = None
    ) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if time.monotonic() - self.used_at > IDLE_SECONDS:
            self.connection.close()  # the server has done so, or is about to
            self.connection.connect()
        started = time.perf_counter()
        self.connection.request(method, address, body, headers={"Cookie": self.cookie, **named})
        response = self.connection.getresponse()
        text = response.read()
        took = time.perf_counter() - started
        self.used_at = time.monotonic()
        for name, value in response.getheaders():
            if name == "set-cookie":
                cookie, _, content = value.partition(";")[0].partition("=")
                self.cookies[cookie] = content
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
def served(**stores: str) -> Iterator[Client]:
    """A dashboard of these stores, with the addresses of `floor_urls`, once it has read them.

    Gives an admin who is signed in.
    """
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as environment:
        environment.setenv("DJANGO_SETTINGS_MODULE", SETTINGS)
        dashboard = Dashboard(Path(folder), stores)
        link = urlsplit(dashboard.link_for("bench", "admin"))
        client = Client(link.netloc)
        try:
            client.get(link.path)
            for name in stores:
                wait_until_read(client, name)
            yield client
        finally:
            client.close()
            dashboard.stop()


def wait_until_read(client: Client, store: str) -> None:
    """Wait until the dashboard knows all of a store."""
    deadline = time.monotonic() + READ_SECONDS
    while "<progress" in client.get(f"/{store}/", HX_Request="true", HX_Target="status").text:
        if time.monotonic() > deadline:
            raise TimeoutError(f"The store {store} was not read in {READ_SECONDS} s.")
        time.sleep(0.05)
