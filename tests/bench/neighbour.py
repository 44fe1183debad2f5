"""Another client of the same Redis: asks for a key again and again, and times each answer.

    neighbour.py <port>

Prints a line when it begins. Asks until its input ends, then prints the seconds of each answer as
JSON.
"""

import json
import select
import sys
import time

from tests.bench.floors import Connection

REST = 0.0005


def main(port: str) -> None:
    connection = Connection(int(port))
    connection.ask("SET", "neighbour", "x" * 100)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    took = []
    while not select.select([sys.stdin], [], [], REST)[0]:
        started = time.perf_counter()
        connection.ask("GET", "neighbour")
        took.append(time.perf_counter() - started)
    sys.stdout.write(json.dumps(took))


main(*sys.argv[1:])
