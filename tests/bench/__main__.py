"""`python -m tests.bench [NAME | NUMBER]…`: run the measurements that are named, or all of them.

A number is a number of keys, instead of 10 thousand, 100 thousand and 1 million.
"""

# ruff: noqa: T201 - what it prints is its answer

import argparse
import importlib
from collections.abc import Sequence
from typing import Final

from tests.bench.scale import FULL
from tests.bench.table import machine

FIXED: Final = ("storage", "feeds")
SCALED: Final = (
    "catalog",
    "pages",
    "live",
    "browser",
    "fanout",
    "burst",
    "disturbance",
    "reading",
)
BY_NAME_ONLY: Final = ("peers",)
"""What brings software from elsewhere, so only when it is asked for."""
NAMES: Final = (*FIXED, *SCALED, *BY_NAME_ONLY)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="manage.py bench", description=__doc__)
    parser.add_argument("words", nargs="*", metavar="NAME", help=f"any of: {', '.join(NAMES)}")
    words = parser.parse_args(arguments).words
    sizes = tuple(int(word) for word in words if word.isdecimal())
    chosen = [word for word in words if not word.isdecimal()] or (*FIXED, *SCALED)
    if unknown := sorted(set(chosen) - set(NAMES)):
        parser.error(f"no measurement is called {', '.join(unknown)}")
    scale = FULL._replace(sizes=sizes or FULL.sizes)
    print(machine(), flush=True)  # seen at once also where it goes to a file
    for name in chosen:
        module = importlib.import_module(f"tests.bench.{name}")
        module.run() if name in FIXED else module.run(scale)


if __name__ == "__main__":
    main()
