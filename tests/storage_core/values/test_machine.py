"""What we read is what the real machine builds, for programs that import nothing."""

import base64
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from storage_core.values.reader import read_program
from storage_core.values.tree import Atom, Map, Node, Seq, resolve
from tests.storage_core.values.random_programs import program
from tests.storage_core.values.real_machine import picture

PROGRAMS = 1500
SCRIPT = Path(__file__).with_name("real_machine.py")
HASHED = "unhashable type"
"""The real machine fails on a list as a key; we never hash, so we show it."""
STRICTER = (HASHED, "FrameError", "exhausted before end of frame", "new frame before end")


def built(node: Node):
    """The real value of a tree of plain nodes, sharing and cycles included."""
    made: dict[int, object] = {}

    def make(node: Node):
        node = resolve(node)
        if id(node) in made:
            return made[id(node)]
        if isinstance(node, Atom):
            return made.setdefault(id(node), node.value)
        assert isinstance(node, (Map, Seq))
        if isinstance(node, Map):
            entries = made.setdefault(id(node), {})
            for key, value in zip(node.items[::2], node.items[1::2], strict=True):
                entries[make(key)] = make(value)
        elif node.kind in ("list", "set"):
            items = made.setdefault(id(node), {"list": list, "set": set}[node.kind]())
            add = items.append if node.kind == "list" else items.add
            for item in node.items:
                add(make(item))
        else:
            items = {"tuple": tuple, "frozenset": frozenset}[node.kind](map(make, node.items))
            made.setdefault(id(node), items)
        return made[id(node)]

    return make(node)


@pytest.fixture(scope="module")
def machine():
    command = [sys.executable, str(SCRIPT)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, bufsize=1, **pipes) as process:

        def run(data):
            process.stdin.write(base64.b64encode(data).decode() + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield run
        process.stdin.close()


def disagreement(data: bytes, real: dict) -> str | None:
    """In which way we read a program unlike the real machine; None if we agree."""
    ours = read_program(data)
    if "error" in real:
        return None  # it breaks off for more reasons than we do, such as keys without a hash
    if ours.error:
        return f"we stopped: {ours.error}; it built {real['value']}"
    if ours.odd:
        return None
    shown = picture(built(ours.root))
    return None if shown == real["value"] else f"we read {shown}, it built {real['value']}"


def test_it_reads_what_the_real_machine_builds(machine):
    r = random.Random(20261124)
    built_some = 0
    for _ in range(PROGRAMS):
        data = program(r)
        real = machine(data)
        built_some += "value" in real
        assert disagreement(data, real) is None, data
    assert built_some > PROGRAMS // 20


def test_where_the_real_machine_stops_for_want_of_something_we_stop_too(machine):
    r = random.Random(1)
    reasons = ("EOFError", "IndexError", "KeyError", "truncated", "Memo value not found")
    for _ in range(PROGRAMS):
        data = program(r)
        error = machine(data).get("error", "")
        if error.startswith(reasons):
            assert read_program(data).error is not None, (data, error)
