"""One mark to a crowd of sockets, against a plain broadcast by the websockets library."""

import json
import re
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote

from tests.bench.catalog import ROOT, script, share
from tests.bench.crowd import Crowd
from tests.bench.keyspace import fill_sqlite, largest
from tests.bench.scale import Scale
from tests.bench.served import Client, served
from tests.bench.table import Row, at_most, at_most_times, printed

__all__ = ["run"]

MS: Final = 1e3
KEYS: Final = 1000
ADDRESS: Final = f"/prod/ns/?ns={quote(largest())}"
TOPICS: Final = re.compile(r'<div id="rows"[^>]* data-topic="([^"]*)"')

Moment = Callable[[], float]


@dataclass
class Delays:
    """Seconds from each mark to those who heard it, one list for each, and how many did not."""

    each: list[list[float]] = field(default_factory=list)
    lost: int = 0

    @property
    def of_the_last(self) -> float:
        return statistics.median(map(max, self.each))

    @property
    def tail(self) -> float:
        return share([delay for one in self.each for delay in one], 0.95)


def run(scale: Scale) -> None:
    """Print the table."""
    found: list[Row] = []
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "bot.db"
        fill_sqlite(file, KEYS)
        with served(prod=f"sqlite:///{file}") as client:
            for count in scale.crowds:
                found += rows_of(client, count, max(3, scale.rounds // 10))
    printed("fan-out: from a mark to everybody having it, against a bare broadcast", found)


def rows_of(client: Client, count: int, rounds: int) -> list[Row]:
    """Until the last one of the crowd has it, and how long it takes most of them."""
    (token,) = TOPICS.findall(client.get(ADDRESS).text)
    with broadcaster(token) as (process, port):
        floor = delays(Crowd(f"127.0.0.1:{port}", "/"), count, rounds, lambda: broadcast(process))
    headers = (f"Cookie: {client.cookie}", f"Origin: http://{client.host}")
    page = Crowd(client.host, "/live/", headers, say=json.dumps({"watch": [token]}), greetings=1)
    ours = delays(page, count, rounds, lambda: mark(client))
    return [
        Row(
            f"{count:,} sockets: the last one, p50",
            floor.of_the_last * MS,
            ours.of_the_last * MS,
            at_most_times(2),
            "ms",
        ),
        Row(f"{count:,} sockets: each, p95", floor.tail * MS, ours.tail * MS, None, "ms"),
        Row(f"{count:,} sockets: marks that did not come", None, ours.lost, at_most(0)),
    ]


def delays(crowd: Crowd, count: int, rounds: int, tell: Callable[[], Moment]) -> Delays:
    """Tell a crowd of so many again and again; `tell` gives what gives the moment of it later."""
    found = Delays()
    try:
        crowd.join(count)
        for _ in range(rounds):
            crowd.settle()
            moment_of = tell()
            moments = crowd.hear()
            told = moment_of()
            found.each.append([moment - told for moment in moments])
            found.lost += count - len(moments)
    finally:
        crowd.leave()
    return found


def mark(client: Client) -> Moment:
    """Have the dashboard mark the list that everybody has open."""
    client.get(f"/bench/mark/?store=prod&ns={quote(largest())}")
    return lambda: float(json.loads(client.get("/bench/mark/").text)["at"])


@contextmanager
def broadcaster(token: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A server that does nothing but broadcast, and its port."""
    command = script("broadcaster", json.dumps({"stale": [token]}))
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        port = int(process.stdout.readline())
        try:
            yield process, port
        finally:
            process.communicate()


def broadcast(process: subprocess.Popen[str]) -> Moment:
    assert process.stdin
    assert process.stdout
    process.stdin.write("now\n")
    process.stdin.flush()
    moment = float(process.stdout.readline())
    return lambda: moment
