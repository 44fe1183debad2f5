"""Random programs in numbers: `python -m tests.storage_core.values.fuzz_machine --programs 100000`.

Each is run by the real pickle machine in its own process and read by us; prints how many built
something, and where we disagree. Ends with 1 if we ever do.
"""

import argparse
import base64
import json
import random
import subprocess
import sys
from collections import Counter

from storage_core.values.reader import read_program
from tests.storage_core.values.random_programs import program
from tests.storage_core.values.test_machine import SCRIPT, disagreement


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    counts: Counter = Counter()
    r = random.Random(options.seed)
    command = [sys.executable, str(SCRIPT)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, bufsize=1, **pipes) as process:
        for _ in range(options.programs):
            data = program(r)
            process.stdin.write(base64.b64encode(data).decode() + "\n")
            process.stdin.flush()
            real = json.loads(process.stdout.readline())
            if "value" in real:
                counts["built"] += 1
                counts["built, odd to us"] += bool(read_program(data).odd)
            else:
                counts[f"stopped: {real['error'].partition(':')[0]}"] += 1
            wrong = disagreement(data, real)
            if wrong is not None:
                counts["disagreements"] += 1
                sys.stdout.write(f"{data!r}: {wrong}\n")
        process.stdin.close()
    for name, count in sorted(counts.items()):
        sys.stdout.write(f"{count:8,}  {name}\n")
    return 1 if counts["disagreements"] else 0


if __name__ == "__main__":
    sys.exit(main())
