"""Values that are made to hurt: nothing runs, nothing is imported, time and memory stay bounded."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage_core.exceptions import RefusedEdit
from storage_core.values import check_write, new_imports, read
from tests.storage_core.values.hostile import CANARY, CASES, HEAD, SYSTEM, call, name, text

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """What an inspector in a process of its own saw, by case, and the directory it worked in."""
    folder = tmp_path_factory.mktemp("inspector")
    command = [sys.executable, "-m", "tests.storage_core.values.inspect_hostile"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=-1, text=True, timeout=300, check=True
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["name"]: line for line in lines}, folder


def test_no_value_runs_or_imports_anything(report):
    lines, folder = report
    assert {name: line["events"] for name, line in lines.items() if line["events"]} == {}
    assert not (folder / CANARY).exists()


def test_every_value_opens(report):
    lines, _ = report
    assert lines.keys() == CASES.keys()
    assert [name for name, line in lines.items() if not line["text"]] == []


def test_no_value_takes_long_or_much(report):
    """Processor time for eight looks at a value, under an audit hook that costs some itself."""
    lines, _ = report
    assert {name: line["seconds"] for name, line in lines.items() if line["seconds"] > 20} == {}
    assert max(line["megabytes"] for line in lines.values()) < 500


def test_a_call_that_is_thrown_away_is_shown():
    value = read(CASES["call thrown away"])
    assert value.to_text() == "{'colour': 'blue'}"
    assert f"os.system('touch {CANARY}')" in str(value.findings[0])
    assert value.imports == ("os.system",)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("call after the end", "50 bytes follow after the end"),
        ("cut off", "it ends before it is complete"),
        ("unknown protocol", "protocol 255"),
        ("unknown opcode", "byte 0xff is no instruction"),
        ("equal numbers as keys", "The key 1 is there twice"),
        ("text", "no pickle: plain text"),
        ("json", "no pickle: JSON"),
        ("number", "no pickle: a number"),
        ("empty", "nothing at all"),
        ("msgpack", "bytes that look like msgpack"),
        ("computed name", "imports something whose name is computed"),
        ("string of python 2", "not ASCII"),
        ("persistent id", "only the bot knows"),
        ("marks", "it takes something that is not there"),
        ("bytes that are not there", "it claims more bytes than there are"),
    ],
)
def test_it_says_what_is_wrong(case, said):
    assert said in " ".join(str(finding) for finding in read(CASES[case]).findings)


@pytest.mark.parametrize("case", [name for name in CASES if "call" in name and "deep" not in name])
def test_nothing_of_a_call_can_be_edited(case):
    """The canary's command is never offered for editing, and cannot be edited by path either."""
    value = read(CASES[case])
    for row in value.outline(depth=9).rows:
        if CANARY in row.text and row.is_leaf:
            with pytest.raises(RefusedEdit):
                value.edit(row.path, "'rm -rf /'")


def test_a_shared_part_of_a_call_cannot_be_edited_where_it_is_shared():
    """`{'names': L, 'x': os.execv(L)}`: the list is in the value, and in the call."""
    shared = b"]\x94" + text("ls") + b"a"
    data = HEAD + b"}(" + text("names") + shared + text("x") + call("os", "execv", b"h\x00") + b"u."
    with pytest.raises(RefusedEdit, match="the bot hands it to"):
        read(data).edit("['names'][0]", "'rm'")


@pytest.mark.parametrize(
    "loader", [("dill._dill", "_import_module"), ("importlib", "import_module")]
)
def test_the_fields_of_a_loaded_module_cannot_be_edited(loader):
    fields = b"}" + text("debug") + b"\x89s"
    with pytest.raises(RefusedEdit, match="cannot be changed here"):
        read(HEAD + call(*loader, text("acme")) + fields + b"b.").edit(".debug", "True")


BEFORE = HEAD + b"}(" + text("a") + text("b") + text("n") + name("acme", "X") + b")\x81u."
NEW_CONTENT = {
    "a call": HEAD + b"}" + text("a") + SYSTEM + b"s.",
    "a call thrown away": HEAD + SYSTEM + b"0" + BEFORE[2:],
    "another class of the same module": BEFORE.replace(text("X"), text("Y")),
    "another object of the same class": BEFORE[:-2] + text("m") + name("acme", "X") + b")\x81u.",
    "the same class called otherwise": BEFORE.replace(b")\x81", b")R"),
    "a persistent id": HEAD + text("a") + b"Q.",
    "an extension code": HEAD + b"\x82\x01.",
    "a state for an import": BEFORE[:-3].replace(b")\x81", b"") + b"}bu.",
    "a known class in another form": HEAD + call("datetime", "datetime", b"K\x01", b"K\x02") + b".",
    "a getter of attributes": HEAD
    + call("builtins", "getattr", name("datetime", "datetime"), text("today"))
    + b")R.",
    "what breaks after a call": HEAD + SYSTEM + b"(",
    "plain text": b"hello",
}


@pytest.mark.parametrize("what", NEW_CONTENT)
def test_nobody_can_bring_in(what):
    with pytest.raises(RefusedEdit):
        check_write(BEFORE, NEW_CONTENT[what])


def test_what_was_there_may_stay_or_go():
    check_write(BEFORE, BEFORE)
    check_write(BEFORE, HEAD + b"N.")


def test_a_changed_argument_of_a_call_is_refused():
    before, after = (HEAD + call("acme", "load", text(one)) + b"." for one in ("a", "b"))
    with pytest.raises(RefusedEdit, match=r"acme\.load"):
        check_write(before, after)


def test_new_imports_are_listed_and_need_a_right_of_their_own():
    assert new_imports(BEFORE, NEW_CONTENT["a call"]) == ("os.system",)
    check_write(BEFORE, NEW_CONTENT["a call"], allow_imports=True)
    with pytest.raises(RefusedEdit, match="could not read"):
        check_write(BEFORE, NEW_CONTENT["what breaks after a call"], allow_imports=True)
