"""Random edits in numbers: `python -m tests.storage_core.values.fuzz --edits 50000`.

Prints how many edits were made, refused and wrong; ends with 1 if any was wrong.
"""

import argparse
import random
import sys
import time
from collections import Counter

from storage_core.exceptions import RefusedEdit
from storage_core.values import Edit, Value, diff, read
from storage_core.values.diff import Differences
from storage_core.values.literals import parse
from storage_core.values.notation import spell
from tests.storage_core.values.bot_process import BotError, BotProcess
from tests.storage_core.values.random_values import Source, random_edit

EDITS_PER_VALUE = 8


def run(bot: BotProcess, r: random.Random, counts: Counter) -> list[str]:
    """Some edits of one value; the sentences about those that are wrong."""
    source = Source(r).build()
    protocol = r.choice((0, 1, 2, 3, 4, 4, 4, 5))
    try:
        data = bot.write(source, [protocol], pickle=r.random() < 0.2)[0]
    except BotError as error:  # a random value that cannot be made or pickled, such as a key twice
        counts[f"not made: {str(error)[:40]}"] += 1
        return []
    wrong = []
    value = read(data)
    if value.findings and any(f.code not in ("by-value", "hidden-call") for f in value.findings):
        wrong.append(f"findings {[str(f) for f in value.findings]} in\n{source}")
    for _ in range(EDITS_PER_VALUE):
        chosen = random_edit(r, value)
        if chosen is None:
            counts["nothing to edit"] += 1
            continue
        edit, meaning = chosen
        try:
            after = value.apply(edit)
        except RefusedEdit as refusal:
            counts["refused"] += 1
            counts[f"refused: {str(refusal)[:50]}"] += 1
            continue
        if after == data and says_what_is_there(value, edit):
            counts["nothing changes"] += 1  # though what is shared would not be, typed anew
            continue
        counts["made"] += 1
        counts[f"made: {edit.action}"] += 1
        try:
            difference = bot.judge(data, after, meaning)
        except BotError as error:
            difference = [str(error)]
        if difference:
            wrong.append(
                f"protocol {protocol} {edit} {meaning}\n{source}\n" + "\n".join(difference)
            )
        if not is_told_alike(data, after):
            wrong.append(f"differences, protocol {protocol} {edit}\n{source}")
    return wrong


def is_told_alike(before: bytes, after: bytes) -> bool:
    """Whether the same differences are found by what the code says, and without it."""
    old, new = read(before), read(after)
    slowly = Differences(old.root, new.root).find()
    return diff(before, after) == tuple(one.shown() for one in slowly)


def says_what_is_there(value: Value, edit: Edit) -> bool:
    """Whether an edit puts in what stands there already: then the bytes stay as they are."""
    (row,) = value.outline(edit.path, depth=0).rows
    return edit.action in ("change", "replace") and row.edit_text == spell(parse(edit.text))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    counts: Counter = Counter()
    wrong = 0
    bot = BotProcess()
    started = time.monotonic()
    seed = options.seed
    while counts["made"] < options.edits and wrong < 10:
        for sentence in run(bot, random.Random(seed), counts):
            wrong += 1
            sys.stdout.write(f"WRONG, seed {seed}: {sentence}\n\n")
        seed += 1
    bot.close()
    seconds = time.monotonic() - started
    for name, count in sorted(counts.items()):
        sys.stdout.write(f"{count:8,}  {name}\n")
    sys.stdout.write(f"{wrong} wrong of {counts['made']:,} in {seconds:.0f} s\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
