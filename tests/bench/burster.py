"""A bot that writes as fast as it is told, over one connection.

    burster.py <port> <writes a second> <seconds>

Prints how many writes a second it made.
"""

# ruff: noqa: T201 - what it prints is its answer

import sys
import time

from storage_core import pickling
from tests.bench.floors import Connection
from tests.bench.keyspace import largest

KEYS = 20_000
TICK = 0.01


def main(port: str, rate: str, seconds: str) -> None:
    connection = Connection(int(port))
    together = max(1, int(int(rate) * TICK))
    values = [pickling.dumps({"count": number}) for number in range(100)]
    started, count = time.perf_counter(), 0
    while (now := time.perf_counter()) < started + float(seconds):
        numbers = range(count, count + together)
        connection.send(
            *(
                ("SET", f"SM:{largest()}:burst:{number % KEYS}", values[number % len(values)])
                for number in numbers
            )
        )
        for _ in numbers:
            connection.receive()
        count += together
        time.sleep(max(0.0, started + count / int(rate) - now))
    print(count / (time.perf_counter() - started))


main(*sys.argv[1:])
