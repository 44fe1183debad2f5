"""The process that answers about large values."""

import io
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from storage_core.exceptions import RefusedEdit
from storage_core.values import create
from storage_core.values.kept import Kept
from storage_core.values.requests import ANSWERS, answer
from storage_core.values.worker import read_message, respond, serve, write_message
from tests.waiting import until

VALUE = create("{'votes': [1, 2]}")
REQUESTS = {
    "facts": ({}, [VALUE]),
    "outline": ({"path": "['votes']"}, [VALUE]),
    "preview": ({"limit": 50}, [VALUE, b"text"]),
    "find": ({"text": "votes"}, [VALUE]),
    "find_in": ({"text": "votes", "limit": 3}, [VALUE]),
    "text": ({}, [VALUE]),
    "json": ({}, [VALUE]),
    "findings": ({}, [b"text"]),
    "edit": ({"path": "['votes'][0]", "text": "3"}, [VALUE]),
    "apply": ({"action": "append", "path": "['votes']", "text": "3"}, [VALUE]),
    "create": ({"text": "[1]"}, []),
    "diff": ({}, [VALUE, create("1")]),
    "hides": ({"mask": {"name": "token", "words": [], "spared": []}}, [VALUE]),
    "merge": ({}, [VALUE, create("1"), VALUE]),
    "check_write": ({}, [VALUE, create("1")]),
}


@pytest.fixture(scope="module")
def worker():
    command = [sys.executable, "-m", "storage_core.values.worker"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield process
        process.stdin.close()
        assert process.wait(timeout=10) == 0


def ask(process, name, fields, blobs):
    write_message(process.stdin, {"ask": name, "fields": fields}, blobs)
    return read_message(process.stdout)


def test_every_question_has_an_answer_here():
    assert REQUESTS.keys() == ANSWERS.keys()


@pytest.mark.parametrize("name", REQUESTS)
def test_the_worker_answers_as_the_function_does(worker, name):
    fields, blobs = REQUESTS[name]
    result, parts = answer({**fields, "ask": name}, blobs)
    assert ask(worker, name, fields, blobs) == ({"result": result}, parts)


@pytest.mark.parametrize(
    ("name", "fields", "blobs", "said"),
    [
        ("edit", {"path": "['x']", "text": "1"}, [VALUE], "nothing is at ['x']"),
        ("edit", {"path": ""}, [VALUE], "lacks something"),
        ("edit", {"path": "", "text": "[1"}, [VALUE], "']' is missing"),
        ("eval", {}, [VALUE], "'eval' cannot be asked"),
        ("apply", {"action": "append", "evil": 1}, [VALUE], "no edit that is known"),
        ("diff", {}, [VALUE], "lacks something"),
    ],
)
def test_the_worker_refuses_in_words_and_goes_on(worker, name, fields, blobs, said):
    reply, _ = ask(worker, name, fields, blobs)
    assert said in reply["error"]
    assert reply["kind"] == "RefusedEdit"
    assert ask(worker, "text", {}, [VALUE])[0] == {"result": "{'votes': [1, 2]}"}


def test_several_questions_about_the_same_bytes_are_answered_one_by_one(worker):
    then = [{"ask": "edit", "fields": {"path": "['x']"}}, {"ask": "findings", "fields": {}}]
    first = {"ask": "text", "fields": {}, "then": then}
    write_message(worker.stdin, first, [VALUE])
    assert read_message(worker.stdout)[0] == {"result": "{'votes': [1, 2]}"}
    assert "lacks something" in read_message(worker.stdout)[0]["error"]
    assert read_message(worker.stdout)[0] == {"result": []}


def test_typing_errors_keep_their_place(worker):
    reply, _ = ask(worker, "create", {"text": "{'a': 1,\n 'b' 2}"}, [])
    assert (reply["line"], reply["column"]) == (2, 6)


def test_the_worker_imports_no_unpickler():
    """Neither dill nor the C machine that `pickle` uses is loaded."""
    code = "import sys, storage_core.values.worker; print({'dill', 'pickle'} & sys.modules.keys())"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout == "set()\n"


def test_a_message_that_is_cut_off_ends_the_worker():
    stream = io.BytesIO()
    write_message(stream, {"ask": "text", "fields": {}}, [VALUE])
    with pytest.raises(ValueError, match="cut off"):
        serve(io.BytesIO(stream.getvalue()[:-3]), io.BytesIO())


def test_a_request_that_takes_too_long_is_ended_and_the_next_one_answered():
    """A limit of one second of processor time, and a value that takes longer to compare."""
    code = "import storage_core.values.worker as worker; worker.SECONDS = 0; worker.main()"
    command = [sys.executable, "-c", code]
    large = pickle.dumps([{"id": i, "t": str(i)} for i in range(60_000)])
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        reply, _ = ask(process, "merge", {}, [large, large[:-1] + b"0N.", large])
        assert "takes longer" in reply["error"]
        assert ask(process, "text", {}, [VALUE])[0] == {"result": "{'votes': [1, 2]}"}
        process.stdin.close()


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is told by Linux")
async def test_it_gives_its_memory_back_when_nobody_asks():
    code = "import storage_core.values.worker as worker; worker.IDLE = 1; worker.main()"
    large = pickle.dumps([{"id": i, "t": str(i)} for i in range(30_000)])
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: ASYNC220 - it starts at once, and nothing else waits
        ask(process, "hides", {"mask": None}, [large])
        most = resident(process)
        await until(lambda: resident(process) < most / 2)
        assert ask(process, "text", {}, [VALUE])[0] == {"result": "{'votes': [1, 2]}"}
        process.stdin.close()


def resident(process) -> int:
    """Bytes of memory that a process has."""
    return int(Path(f"/proc/{process.pid}/statm").read_text().split()[1]) * 4096


class Cramped(Kept):
    """Room for one tree only, as long as others are kept."""

    def read(self, data, masking=None):
        if self:
            raise MemoryError
        return super().read(data, masking)


def test_where_memory_ends_a_request_is_answered_without_what_was_kept():
    kept = Cramped()
    kept.read(create("1"))
    assert respond({"ask": "text"}, [VALUE], kept) == ({"result": "{'votes': [1, 2]}"}, [])


def test_what_takes_too_much_memory_by_itself_is_refused_and_nothing_is_kept():
    kept = Cramped()
    reply, _ = respond({"ask": "diff"}, [VALUE, create("1")], kept)
    assert "too much memory" in reply["error"]
    assert len(kept) == 0


def test_an_answer_names_what_a_request_lacks():
    with pytest.raises(RefusedEdit, match="lacks something: 'text'"):
        answer({"ask": "create"}, [])
