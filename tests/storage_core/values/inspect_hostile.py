"""Open every hostile value in all ways that the dashboard has, under an audit hook.

Run as a process of its own. Prints one JSON line for each case: seconds, kind, findings, and what
the interpreter was asked to do (import, open, run …) while it was at work.
"""

import json
import re
import sys
import time
from pathlib import Path

from storage_core.exceptions import StorageError
from storage_core.values import Edit, check_write, diff, merge, read
from tests.storage_core.values.hostile import CASES

LARGE = 50_000
HARMLESS = frozenset(("builtins.id", "object.__getattr__", "sys._getframe"))
events: list[str] = []


def note(event, arguments):
    if event not in HARMLESS and watching:
        events.append(f"{event} {str(arguments)[:100]}")


def attempt(function, *arguments, **options):
    """The result, or the error in words; any other error than ours ends the process."""
    try:
        return function(*arguments, **options)
    except StorageError as error:
        return str(error)


def open_in_all_ways(data):
    value = read(data)
    facts = [value.kind, value.summary, value.can_edit, value.refusal, value.imports]
    findings = [str(finding) for finding in value.findings]
    value.preview()
    value.to_text(20_000)
    json.dumps([facts, value.to_json()])
    rows = value.outline().rows
    json.dumps([row.as_dict() for row in rows])
    value.find("canary")
    if len(data) > LARGE:
        attempt(value.apply, Edit("change", "", "'x'"))
        return value, findings
    for row in rows[:10]:
        for action in row.actions:
            attempt(value.apply, Edit(action, row.path, "'x'", "'new'", 0))
    attempt(value.edit, "", "{'a': 1}", change_type=True)
    attempt(check_write, None, data)
    diff(data, data[:-1] + b"\x85.")
    merge(data, data, data + b"x")
    return value, findings


def most_memory():
    """The most memory that this process held, in KiB. `ru_maxrss` counts what its parent held."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])


def main():
    for name in sys.argv[1:] or CASES:
        data = CASES[name]
        events.clear()
        started = time.process_time()
        watching.append(name)
        value, findings = open_in_all_ways(data)
        watching.clear()
        answer = {
            "name": name,
            "seconds": time.process_time() - started,
            "kind": value.kind,
            "text": value.preview(300),
            "findings": findings,
            "refusal": value.refusal,
            "imports": value.imports,
            "events": events[:5],
            "megabytes": most_memory() // 1024,
        }
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


watching: list[str] = []
sys.addaudithook(note)
if __name__ == "__main__":
    main()
