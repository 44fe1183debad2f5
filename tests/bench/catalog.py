"""A cold start: from nothing to namespaces, counts, sizes and expiries, against bare SCANs."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tests.bench import floors
from tests.bench.keyspace import fill_redis
from tests.bench.scale import Scale
from tests.bench.table import Row, at_most, at_most_times, printed
from tests.redis_server import RedisServer

__all__ = ["built", "filled", "run", "script"]

ASKED: Final = {
    "key first": "50 keys of the largest namespace by key, in the catalog alone, the first time",
    "key": "and again",
    "size first": "by size, the first time",
    "size": "and again",
    "expires first": "by expiry, the first time",
    "expires": "and again",
    "search first": "rare text in all names, in the catalog alone, the first time",
    "search": "and again",
}
HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
TRIES: Final = 3
MANY: Final = 2_000_000
"""From so many keys on, one try: it takes minutes."""
MS: Final = 1e3


def run(scale: Scale) -> None:
    """Print the tables."""
    for keys in scale.sizes:
        with filled(keys) as server:
            printed(f"catalog: a cold start on {keys:,} keys", rows(server, keys))


@contextmanager
def filled(keys: int) -> Iterator[RedisServer]:
    """A server with so many keys."""
    with tempfile.TemporaryDirectory() as directory:
        server = RedisServer(Path(directory))
        server.start()
        try:
            fill_redis(server.port, keys)
            yield server
        finally:
            server.kill()


def rows(server: RedisServer, keys: int) -> list[Row]:
    """The best of some tries each, taken by turns; of what others suffer, the best try too."""
    tries = []
    for _ in range(TRIES if keys < MANY else 1):
        with neighbour(server) as bare:
            scan = floors.scanned(server.port)
        with neighbour(server) as beside:
            ours = built(server.url)
        assert ours["keys"] == keys, f"{ours['keys']} keys were counted."
        tries.append(
            {"scan": scan, "describe": floors.described(server.port)}
            | {"bare": max(bare), "beside": max(beside), "beside p99": share(beside, 0.99)}
            | {"bare p99": share(bare, 0.99)}
            | ours
        )
    best = {name: min(one[name] for one in tries) for name in tries[0]}
    return [
        Row("first namespaces", None, best["named"] * MS, at_most(30), "ms"),
        Row(
            "exact counts, against SCAN",
            best["scan"] * MS,
            best["counted"] * MS,
            at_most_times(1.2),
            "ms",
        ),
        Row("computed for that", None, best["computed"] * MS, None, "ms"),
        Row(
            "all sizes and expiries, against SCAN + STRLEN + PTTL",
            best["describe"] * MS,
            best["described"] * MS,
            at_most_times(1.5),
            "ms",
        ),
        Row(
            "GET of another client meanwhile, p99, against that during a SCAN",
            best["bare p99"] * MS,
            best["beside p99"] * MS,
            None,
            "ms",
        ),
        Row("the longest of them", best["bare"] * MS, best["beside"] * MS, at_most(3), "ms"),
        Row("event loop held while building", None, best["wall"] * MS, at_most(30), "ms"),
        Row("of that computing", None, best["busy"] * MS, None, "ms"),
        Row("memory a key", None, best["memory"], at_most(100), "B"),
        *[Row(name, None, best[figure] * MS, None, "ms") for figure, name in ASKED.items()],
    ]


def share(values: list[float], part: float) -> float:
    """The value below which this part of them lies."""
    return sorted(values)[min(int(len(values) * part), len(values) - 1)]


def built(url: str) -> dict[str, float]:
    """One cold start in a process of its own."""
    done = subprocess.run(
        script("building", url), cwd=ROOT, capture_output=True, text=True, check=True, timeout=1200
    )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


@contextmanager
def neighbour(server: RedisServer) -> Iterator[list[float]]:
    """Another client that asks meanwhile; the seconds of each answer are there at the end."""
    took: list[float] = []
    with subprocess.Popen(
        script("neighbour", server.port),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout
        process.stdout.readline()
        try:
            yield took
        finally:
            told, _ = process.communicate()
    took += json.loads(told) or [0.0]


def script(name: str, *words: Any) -> list[str]:
    """A command that runs a script of this directory."""
    return [sys.executable, "-m", f"tests.bench.{name}", *map(str, words)]
