"""What a stock bot notices of people who list, search and edit as fast as they can."""

import json
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from tests.bench.catalog import filled, share
from tests.bench.keyspace import NEEDLE, fill_sqlite, largest
from tests.bench.pages import LIST, SORTS
from tests.bench.scale import Scale
from tests.bench.served import Client, served
from tests.bench.table import Row, at_most, printed, within
from tests.interop.conftest import ROOT, made_environment

__all__ = ["run"]

MS: Final = 1e3
MOST_KEYS: Final = 100_000
EDITED: Final = f"{largest()}:user:U00000000:karma"
EDIT: Final = f"/prod/key/expiry/?key={quote(EDITED)}"

Work = Callable[[Client, int], None]
"""One thing that a person does, for the nth time."""


def run(scale: Scale) -> None:
    """Print the table."""
    keys = min(MOST_KEYS, max(scale.sizes))
    with filled(keys) as server:
        settings = {"REDIS_URL": server.url}
        found = rows("redis.RedisStorage", settings, server.url, scale.seconds)
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "bot.db"
        fill_sqlite(file, keys)
        settings = {"SQLITE_PATH": str(file)}
        found += rows("sqlite.SQLiteStorage", settings, f"sqlite:///{file}", scale.seconds)
    printed(f"disturbance: a stock bot's set, {keys:,} keys, alone and beside people", found)


def rows(backend: str, settings: dict[str, str], url: str, seconds: float) -> list[Row]:
    """One backend: alone, with a dashboard that is only open, and with one that works hard."""
    alone = bot(backend, settings, seconds)
    with served(prod=url) as client:
        idle = bot(backend, settings, seconds)
        with at_work([(work, client.another()) for work in (look, search, edit)]) as done:
            beside = bot(backend, settings, seconds)
    kind = backend.partition(".")[0]
    tail = share(alone["took"], 0.99) * MS
    return [
        Row(
            f"{kind}: p99 beside an open dashboard",
            tail,
            share(idle["took"], 0.99) * MS,
            within(50),
            "ms",
        ),
        Row(
            f"{kind}: p99 beside lists, searches and edits",
            tail,
            share(beside["took"], 0.99) * MS,
            within(50),
            "ms",
        ),
        Row(f"{kind}: the longest", max(alone["took"]) * MS, max(beside["took"]) * MS, None, "ms"),
        Row(f"{kind}: errors of the bot", alone["errors"], beside["errors"], at_most(0)),
        *(
            Row(f"{kind}: {name} a second meanwhile", None, n / seconds, None)
            for name, n in done.items()
        ),
    ]


def bot(backend: str, settings: dict[str, str], seconds: float) -> dict[str, Any]:
    """A stock bot that sets for so long."""
    words = (f"machine.storage.backends.{backend}", json.dumps(settings), str(seconds))
    script = str(Path(__file__).with_name("stock_setter.py"))
    done = subprocess.run(
        [str(made_environment()), script, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + 60,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def look(client: Client, turn: int) -> None:
    query = list(SORTS.values())[turn % len(SORTS)]
    assert client.get(LIST + query if turn % 3 else "/prod/").status == 200


def search(client: Client, turn: int) -> None:
    assert client.get(f"/prod/?q={NEEDLE[: 2 + turn % 5]}").status == 200


def edit(client: Client, turn: int) -> None:
    answer = client.send(EDIT, when="in", amount=str(1 + turn % 50), unit="h")
    assert answer.status in {302, 303}, answer.status


@contextmanager
def at_work(people: Sequence[tuple[Work, Client]]) -> Iterator[dict[str, int]]:
    """People who each do one thing without a pause; at the end, how often each did."""
    done: dict[str, int] = {}
    is_over = threading.Event()

    def go_on(work: Work, client: Client) -> int:
        turn = 0
        while not is_over.is_set():
            work(client, turn)
            turn += 1
        return turn

    with ThreadPoolExecutor(len(people)) as threads:
        futures = {work.__name__: threads.submit(go_on, work, client) for work, client in people}
        try:
            yield done
        finally:
            is_over.set()
        done |= {name: future.result() for name, future in futures.items()}
