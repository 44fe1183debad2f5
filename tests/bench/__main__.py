"""`python -m tests.bench [NAME]…`: run the measurements that are named, or all of them."""

import argparse
import importlib

from tests.bench.table import machine

NAMES = ("storage",)

parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of: {', '.join(NAMES)}")
chosen = parser.parse_args().names
if unknown := sorted(set(chosen) - set(NAMES)):
    parser.error(f"no measurement is called {', '.join(unknown)}")
print(machine())
for name in chosen or NAMES:
    importlib.import_module(f"tests.bench.{name}").run()
