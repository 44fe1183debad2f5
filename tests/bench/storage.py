"""`PluginStorage` over each backend, against stock Slack Machine in the same run."""

import json
import subprocess
import sys
import tempfile
import timeit
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

import dill

from storage_core import pickling
from tests.bench.table import Row, printed
from tests.interop.conftest import ROOT, made_environment
from tests.redis_server import RedisServer

__all__ = ["run"]

TURNS: Final = 3
LOAD: Final = Path(__file__).with_name("storage_load.py")


class Load(NamedTuple):
    """What is measured over one kind of backend, and how many times stock's speed is aimed at."""

    kind: str
    cls: str
    settings: str
    aims: dict[str, float]


LOADS: Final = (
    Load("memory", "memory.MemoryStorage", "{}", {"set": 10}),
    Load(
        "sqlite",
        "sqlite.SQLiteStorage",
        '{"SQLITE_PATH": "%(directory)s/%(who)s.db"}',
        {"set": 3, "set, 100 at once": 8, "get": 5, "get, 100 at once": 5},
    ),
    Load(
        "sqlite, NORMAL",
        "sqlite.SQLiteStorage",
        '{"SQLITE_PATH": "%(directory)s/%(who)s-normal.db", "SQLITE_SYNCHRONOUS": "NORMAL"}',
        {"set": 15},
    ),
    Load(
        "redis",
        "redis.RedisStorage",
        '{"REDIS_URL": "%(url)s"}',
        {"set": 1.6, "get": 1.05, "set, 100 at once": 10, "get, 100 at once": 10},
    ),
)


def run() -> None:
    """Print the table."""
    stock = made_environment()
    with tempfile.TemporaryDirectory() as directory:
        server = RedisServer(Path(directory))
        server.start()
        try:
            rows = [row for load in LOADS for row in _rows(load, stock, directory, server.url)]
        finally:
            server.kill()
    printed("storage: microseconds a call, and how many times as fast as stock", [*rows, _dumps()])


def _rows(load: Load, stock: Path, directory: str, url: str) -> list[Row]:
    theirs, ours = _best(
        (python, facade, f"{package}.{load.cls}", load.settings % parts)
        for python, facade, package, parts in (
            (
                stock,
                "machine.storage.PluginStorage",
                "machine.storage.backends",
                {"directory": directory, "who": "stock", "url": url},
            ),
            (
                Path(sys.executable),
                "storage_core.PluginStorage",
                "storage_core.backends",
                {"directory": directory, "who": "ours", "url": url},
            ),
        )
    )
    rows = [
        Row(f"{load.kind}: {work}", theirs[work] * 1e6, ours[work] * 1e6, aim)
        for work, aim in load.aims.items()
    ]
    hold = ours["longest hold"] * 1e6
    return [*rows, Row(f"{load.kind}: loop held by one set (≤ 1,000 µs)", None, hold, None)]


def _best(sides: Iterable[tuple[Path, str, str, str]]) -> list[dict[str, float]]:
    """The best figures of each side, measured in turns."""
    best: list[dict[str, float]] = []
    chosen = list(sides)
    for _ in range(TURNS):
        found = [_figures(*side) for side in chosen]
        best = [
            {work: min(seconds, old.get(work, seconds)) for work, seconds in new.items()}
            for new, old in zip(found, best or [{}] * len(found), strict=True)
        ]
    return best


def _figures(python: Path, facade: str, cls: str, settings: str) -> dict[str, float]:
    done = subprocess.run(
        [str(python), str(LOAD), facade, cls, settings],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env={"PYTHONPATH": str(ROOT)},
    )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _dumps() -> Row:
    """Pickling a structure of 100 KB."""
    value = {
        f"user {n}": {"name": f"n{n}", "votes": [1, 2, 3, n], "open": True} for n in range(2600)
    }
    fast = min(timeit.repeat(lambda: pickling.dumps(value), number=20, repeat=5)) / 20
    slow = min(timeit.repeat(lambda: dill.dumps(value), number=2, repeat=5)) / 2
    size = len(pickling.dumps(value)) // 1000
    return Row(f"dumps of {size} KB, against dill", slow * 1e6, fast * 1e6, 30)
