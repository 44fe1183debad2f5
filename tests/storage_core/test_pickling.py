"""The bot's side: the bytes that `dill` would write, faster, and everything that it reads."""

import datetime as dt
import math
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from uuid import UUID

import dill
import pytest

from storage_core import pickling

SHARED: list[int] = [1]
PLAIN: list[Any] = [
    None,
    True,
    0,
    -(2**100),
    1.5,
    math.inf,
    "",
    "naïve 💡",
    b"\x00\xff",
    [],
    [1, [2, [3]]],
    (1, (2,), ()),
    {"a": {"b": {1: None}}},
    {1, 2, 3},
    frozenset({"x"}),
    [SHARED, SHARED],
    "x" * 100_000,
    list(range(3000)),
    dt.datetime(2026, 11, 24, 9, 0, 1, 2),  # noqa: DTZ001 - bots store naive moments too
    dt.date(2026, 11, 24),
    dt.time(9, 30, fold=1),
    dt.timedelta(days=3),
    Decimal("1.10"),
    UUID(int=7),
]
OTHERS: list[Any] = [
    dt.datetime(2026, 11, 24, tzinfo=dt.UTC),
    OrderedDict(a=1),
    complex(1, 2),
    bytearray(b"x"),
    range(3),
    int,
]


@pytest.mark.parametrize("value", PLAIN, ids=lambda value: repr(value)[:30])
def test_it_writes_plain_data_as_dill_does(value: Any) -> None:
    assert pickling.dumps(value) == dill.dumps(value)
    assert pickling.loads(pickling.dumps(value)) == value


@pytest.mark.parametrize("value", OTHERS, ids=repr)
def test_it_leaves_all_else_to_dill(value: Any) -> None:
    assert pickling.dumps(value) == dill.dumps(value)
    assert dill.loads(pickling.dumps(value)) == value == pickling.loads(dill.dumps(value))


def test_it_keeps_a_cycle() -> None:
    value: list[Any] = []
    value.append(value)
    back = pickling.loads(pickling.dumps(value))
    assert back[0] is back


def test_it_writes_functions_and_local_classes() -> None:
    class Ticket:
        number = 7

    assert pickling.loads(pickling.dumps(lambda x: x + 1))(1) == 2
    assert pickling.loads(pickling.dumps(Ticket())).number == 7


def test_a_pickler_that_is_used_again_knows_nothing_of_the_value_before() -> None:
    name = "".join(["an", "na"])  # one object, so the second of them could refer to the first
    once = pickling.dumps([name])
    for other in ("longer than what comes next" * 9, {"half": [name, complex(1, 2)]}, "x" * 10_000):
        pickling.dumps(other)
        assert pickling.dumps([name]) == once


def test_what_cannot_be_written_spoils_nothing_that_comes_after() -> None:
    before = pickling.dumps([1, "a"])
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(RecursionError):
        pickling.dumps(deep)
    while deep:  # from the top, for to let all of it go at once is deep as well
        deep = deep.pop()
    assert pickling.dumps([1, "a"]) == before


def test_threads_do_not_share_a_pickler_that_is_at_work() -> None:
    values = [{"number": number, "text": str(number) * 50} for number in range(200)]
    with ThreadPoolExecutor(4) as threads:
        written = list(threads.map(pickling.dumps, values * 20))
    assert [pickling.loads(data) for data in written] == values * 20


def test_it_is_thirty_times_as_fast_as_dill_on_a_hundred_kilobytes() -> None:
    value = {f"user {n}": {"name": f"n{n}", "votes": [1, 2, n], "open": True} for n in range(2600)}
    assert len(pickling.dumps(value)) > 100_000

    def seconds(dumps: Any) -> float:
        start = time.perf_counter()
        dumps(value)
        return time.perf_counter() - start

    assert min(seconds(dill.dumps) for _ in range(5)) > 30 * min(
        seconds(pickling.dumps) for _ in range(20)
    )
