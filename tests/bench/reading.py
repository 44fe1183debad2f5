"""Reading values without running them: how fast, and what becomes of a large one's page."""

import asyncio
import gc
import pickletools
import statistics
import tempfile
import time
import timeit
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Final
from urllib.parse import quote

from storage_core import open_storage, pickling
from storage_core.values import Masking, read
from storage_core.values.kept import Kept
from storage_core.values.requests import answer
from tests.bench.keyspace import fill_sqlite
from tests.bench.pages import LIST
from tests.bench.scale import Scale
from tests.bench.served import Client, served
from tests.bench.table import Row, at_least, at_most, at_most_times, printed

__all__ = ["run"]

MS: Final = 1e3
KEYS: Final = 1000
SMALL: Final = pickling.dumps({"karma": 42, "by": ["anna", "bob"], "open": True})
LARGE_KEY: Final = "acme.plugins.Large:value"
LARGE_PAGE: Final = f"/prod/key/?key={quote(LARGE_KEY)}"
PART: Final = "['U00000000']['karma']"


def large(size: int, *, turn: int = 0, secrets: int = 0) -> bytes:
    """A pickle of about `size` bytes: many small dicts, as bots pile them up.

    Each `turn` has other bytes. Of the dicts, `secrets` have something to mask.
    """
    users = {
        f"U{number:08}": {
            "karma": number,
            "by": ["anna", "bob"],
            "open": number % 2 == 0,
            "at": 0.5,
        }
        for number in range(size // 45)
    }
    for number in range(secrets):
        users[f"U{number * 97:08}"]["api_key"] = f"secret-{number}"
    users["U00000000"]["at"] = turn + 0.5
    return pickling.dumps(users)


def run(scale: Scale) -> None:
    """Print the tables."""
    size = 1_000_000 if scale.rounds > 10 else 100_000
    printed("reading: values as programs", rows(size, scale.rounds))
    printed("reading: a change of it by a person", change_rows(size, rounds=scale.rounds))
    printed(f"reading: the page of a value of {size // 1000:,} KB", page_rows(size, scale.rounds))


def best(work: object, rounds: int) -> float:
    """The least seconds that a call takes."""
    return min(timeit.repeat(work, number=1, repeat=rounds))  # type: ignore[arg-type]


def rows(size: int, rounds: int) -> list[Row]:
    """The reader alone, in this process."""
    data, hiding = large(size), large(size, secrets=size // 10_000)
    masking = Masking("value")
    opcodes = sum(1 for _ in pickletools.genops(data))
    small = best(lambda: [read(SMALL) for _ in range(100)], rounds) / 100
    value = read(data)
    # One after the other, so that all three have the same machine.
    turns = [
        (
            best(lambda: read(data), 1),
            # Another number at each turn: the same edit is not made twice.
            best(lambda: value.edit(PART, str(turn)), 1),  # noqa: B023 - it is called at once
            best(lambda: read(hiding, masking), 1),
        )
        for turn in range(1, max(3, rounds // 20) + 1)
    ]
    whole, edit, masked = map(min, zip(*turns, strict=True))
    return [
        Row(
            f"a value of {len(data) // 1000:,} KB, opcodes a second",
            None,
            opcodes / whole,
            at_least(1.3e6),
        ),
        Row(f"a value of {len(SMALL)} bytes", None, small * 1e6, at_most(10), "µs"),
        Row(
            "changing one number in the large one, against reading it",
            whole * MS,
            edit * MS,
            at_most_times(1.5),
            "ms",
        ),
        Row(
            f"masking {size // 10_000:,} secrets in it while reading, against reading",
            whole * MS,
            masked * MS,
            at_most_times(1.5),
            "ms",
        ),
    ]


def change_rows(size: int, rounds: int) -> list[Row]:
    """What a worker is asked when a person looks at a change of a large value, and saves it.

    Its page was looked at before, so the worker knows it. Processor time.
    """
    turns = [timed_change(large(size, turn=turn)) for turn in range(max(3, rounds // 20))]
    whole, review, saving = map(min, zip(*turns, strict=True))
    return [
        Row(
            "looking at a change of one number, against reading it",
            whole * MS,
            review * MS,
            at_most_times(1.5),
            "ms",
        ),
        Row(
            "saving it, against reading it",
            whole * MS,
            saving * MS,
            at_most_times(2.5),
            "ms",
        ),
    ]


def timed_change(data: bytes) -> tuple[float, float, float]:
    """Processor seconds that the page of a value takes, the look at a change, and saving it."""
    kept = Kept()
    mask = Masking("value").as_dict()

    def ask(name: str, *blobs: bytes, **fields: object) -> list[bytes]:
        return answer({"ask": name, "mask": mask, **fields}, blobs, kept.read)[1]

    gc.disable()  # as the worker does
    try:
        moments = [time.process_time()]
        kept.read(data, Masking("value"))
        moments.append(time.process_time())
        (new,) = ask("edit", data, path=PART, text="7")
        ask("diff", data, new)
        moments.append(time.process_time())
        (again,) = ask("edit", data, path=PART, text="7")
        ask("check_write", data, again)
        ask("outline", again, depth=3, limit=200)
        ask("facts", again)
        moments.append(time.process_time())
    finally:
        gc.enable()
    page, review, saving = (later - sooner for sooner, later in pairwise(moments))
    return page, review, saving


def page_rows(size: int, rounds: int) -> list[Row]:
    """The large value's page against reading it, and other pages meanwhile."""
    turns = max(3, rounds // 20)
    values, more = (
        [large(size, turn=first + turn) for turn in range(turns)] for first in (0, turns)
    )
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "bot.db"
        fill_sqlite(file, KEYS)
        asyncio.run(store(f"sqlite:///{file}", large(size, turn=-1)))
        with served(prod=f"sqlite:///{file}") as reader:
            other = reader.another()
            reader.get(LARGE_PAGE)  # starts the worker
            first, again, whole = [], [], []
            for data in values:
                asyncio.run(store(f"sqlite:///{file}", data))
                whole.append(best(lambda: read(data), 1))  # noqa: B023 - it is called at once
                first.append(reader.get(LARGE_PAGE))
                again.append(reader.get(LARGE_PAGE))
            assert {answer.status for answer in (*first, *again)} == {200}
            alone = [other.get(LIST).seconds for _ in range(rounds)]
            with ThreadPoolExecutor(1) as threads:
                reading = threads.submit(opened_anew, reader, f"sqlite:///{file}", more)
                beside = []
                while not reading.done():
                    beside.append(other.get(LIST).seconds)
    return [
        Row(
            "its page when it is new, against reading it, p50",
            statistics.median(whole) * MS,
            statistics.median(answer.seconds for answer in first) * MS,
            at_most_times(1.2),
            "ms",
        ),
        Row(
            "its page again, p50",
            statistics.median(whole) * MS,
            statistics.median(answer.seconds for answer in again) * MS,
            at_most_times(0.5),
            "ms",
        ),
        Row(
            "other pages meanwhile, p50",
            statistics.median(alone) * MS,
            statistics.median(beside) * MS,
            at_most_times(2),
            "ms",
        ),
    ]


def opened_anew(reader: Client, url: str, values: Sequence[bytes]) -> None:
    """Write each of the values and open its page."""
    for data in values:
        asyncio.run(store(url, data))
        reader.get(LARGE_PAGE)


async def store(url: str, data: bytes) -> None:
    async with open_storage(url) as backend:
        await backend.set(LARGE_KEY, data)
