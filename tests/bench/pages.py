"""Whole pages over HTTP, signed in, against the same page from constants: lists, sorts, search."""

import statistics
import time
from collections.abc import Callable
from typing import Final, NamedTuple
from urllib.parse import quote

from tests.bench.catalog import filled, share
from tests.bench.keyspace import NAMESPACES, NEEDLE, largest
from tests.bench.scale import Scale
from tests.bench.served import Answer, Client, served
from tests.bench.table import Row, at_most, at_most_times, printed
from tests.redis_server import RedisServer

__all__ = ["run"]

MS: Final = 1e3
MB: Final = 1e6
RECONCILE_SECONDS: Final = 300
MOST_IN_TURN: Final = 10
"""Answers of a kind before the other kind has its turn."""
LIST: Final = f"/prod/ns/?ns={quote(largest())}"
SORTS: Final = {
    "key": "",
    "size, largest first": "&sort=size&desc=1",
    "expiry": "&sort=expires",
    "last change": "&sort=changed&desc=1",
}


class Times(NamedTuple):
    """One page against its floor: seconds of the first answer, then of all by turns, and what the
    process computed for one of them.
    """

    first: float
    floor: list[float]
    ours: list[float]
    floor_computing: float
    our_computing: float


def run(scale: Scale) -> None:
    """Print the tables."""
    for keys in scale.sizes:
        with filled(keys) as server, served(prod=server.url) as client:
            found = rows(client, scale.rounds) + reconciled(server, client)
            printed(f"pages: {keys:,} keys in {NAMESPACES} namespaces", found)


def rows(client: Client, rounds: int) -> list[Row]:
    """The figures of one dashboard."""
    first = held_by_first_pages(client)
    found = [*rows_of("namespaces with exact counts", times_of(client, "/prod/", rounds))]
    for name, query in SORTS.items():
        times = times_of(client, LIST + query, rounds)
        found += rows_of(f"50 keys of the largest namespace, by {name}", times)
    found += search_rows(client, rounds)
    process = client.process()
    return [
        *found,
        Row("event loop held by the first pages of a process, computing", None, first, None, "ms"),
        Row("event loop held by all later ones", None, process["wall"] * MS, at_most(30), "ms"),
        Row("of that computing", None, process["busy"] * MS, None, "ms"),
        Row("memory of the process", None, process["resident"] / MB, at_most(200), "MB"),
    ]


def reconciled(server: RedisServer, client: Client) -> list[Row]:
    """The dashboard loses its feed, so that it reads all of the store again."""
    before = client.process(again=True)
    server.command("CLIENT", "KILL", "TYPE", "pubsub")
    deadline = time.monotonic() + RECONCILE_SECONDS
    while (after := client.process())["read"] == before["read"]:
        assert time.monotonic() < deadline, "The store was not read again."
        time.sleep(0.05)
    return [
        Row("event loop held while it is read again", None, after["wall"] * MS, at_most(30), "ms"),
        Row("of that computing", None, after["busy"] * MS, None, "ms"),
        Row("the most memory, also in that time", None, after["peak"] / MB, at_most(200), "MB"),
    ]


def held_by_first_pages(client: Client) -> float:
    """Milliseconds: once in the life of a process its templates are compiled."""
    client.process(again=True)
    for address in ("/prod/", LIST, f"/prod/?q={NEEDLE}x"):
        client.get(address)
    return client.process(again=True)["busy"] * MS


def times_of(client: Client, address: str, rounds: int) -> Times:
    """The page and its floor by turns, so that both meet the same machine."""
    first = client.get(address)
    assert first.status == 200, f"{address}: {first.status}"
    times = Times(first.seconds, [], [], 0.0, 0.0)
    in_turn = min(MOST_IN_TURN, rounds)
    for _ in range(rounds // in_turn):
        floor, floor_computing = turn(client, lambda: client.floor(address), in_turn)
        ours, our_computing = turn(client, lambda: client.get(address), in_turn)
        times = Times(
            times.first,
            times.floor + floor,
            times.ours + ours,
            times.floor_computing + floor_computing,
            times.our_computing + our_computing,
        )
    return times


def turn(client: Client, ask: Callable[[], Answer], count: int) -> tuple[list[float], float]:
    """Some answers: the seconds of each, and those that the process computed."""
    before = client.process()["computing"]
    answers = [ask() for _ in range(count)]
    computing = client.process()["computing"] - before
    assert {answer.status for answer in answers} == {200}
    return [answer.seconds for answer in answers], computing


def rows_of(name: str, times: Times) -> list[Row]:
    """The figures of one page. What is computed depends least on who else uses the machine."""
    median, floor = statistics.median(times.ours), statistics.median(times.floor)
    tail, floor_tail = share(times.ours, 0.95), share(times.floor, 0.95)
    per_page = MS / len(times.ours)
    return [
        Row(f"{name}, p50", floor * MS, median * MS, at_most_times(1.5), "ms"),
        Row(f"{name}, p95", floor_tail * MS, tail * MS, None, "ms"),
        Row(
            f"{name}, computing",
            times.floor_computing * per_page,
            times.our_computing * per_page,
            None,
            "ms",
        ),
        Row(f"{name}, the first time", None, times.first * MS, None, "ms"),
    ]


def search_rows(client: Client, rounds: int) -> list[Row]:
    """A text that three keys have, looked for in the names of all."""
    address = f"/prod/?q={NEEDLE}"
    first = client.get(address)
    assert first.text.count('id="k-') == 3, "The search did not find the three keys."
    # A text that nobody has looked for yet, each time: nothing about it can be remembered.
    new = [client.get(f"{address[:-1]}{letter}").seconds for letter in "bcdefghijklmnopqrstuvwxyz"]
    times = times_of(client, address, rounds)
    return [
        Row(
            "rare text in all names, p50",
            None,
            statistics.median(times.ours) * MS,
            at_most(40),
            "ms",
        ),
        Row("rare text in all names, p95", None, share(times.ours, 0.95) * MS, None, "ms"),
        Row("a text never looked for, p50", None, statistics.median(new) * MS, at_most(40), "ms"),
        Row("rare text in all names, the first time", None, first.seconds * MS, None, "ms"),
    ]
