"""The command line, run as a person or a script does: as a process."""

import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from storage_core import PluginStorage
from storage_core.backends.sqlite import SQLiteStorage

ROOT = Path(__file__).parents[2]
KEY = "acme.plugins.Polls:open"


def run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "storage_core", *arguments],
        input=stdin,
        capture_output=True,
        cwd=ROOT,
        timeout=30,
        check=False,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


@pytest.fixture
async def url(sqlite_path: str) -> str:
    async with SQLiteStorage({"SQLITE_PATH": sqlite_path}) as store:
        polls = PluginStorage("acme.plugins.Polls", store)
        await polls.set("open", {"votes": [1, 2], "title": "lunch"}, expires=3600)
        await polls.set("team", ["anna"], shared=True)
    return f"sqlite://{sqlite_path}"


def test_it_lists_keys(url: str) -> None:
    done = run("ls", url)
    assert done.returncode == 0
    assert sorted(done.stdout.splitlines()) == [KEY, "team"]


def test_it_lists_the_keys_of_a_namespace(url: str) -> None:
    assert run("ls", url, "--namespace", "acme.plugins.Polls").stdout == f"{KEY}\n"
    assert run("ls", url, "--shared").stdout == "team\n"
    assert run("ls", url, "--namespace", "acme.plugins").stdout == ""


def test_it_lists_as_json(url: str) -> None:
    entries = [json.loads(line) for line in run("ls", url, "--json").stdout.splitlines()]
    assert {entry["key"] for entry in entries} == {KEY, "team"}
    assert all(entry["size"] > 0 for entry in entries)


def test_it_gets_a_value(url: str) -> None:
    done = run("get", url, KEY)
    assert (done.returncode, done.stderr) == (0, "")
    assert "'lunch'" in done.stdout or '"lunch"' in done.stdout
    assert json.loads(run("get", url, "team", "--json").stdout) == ["anna"]


def test_it_says_that_a_key_is_not_there(url: str) -> None:
    for command in ("get", "delete"):
        done = run(command, url, "nowhere")
        assert done.returncode == 1
        assert "no key 'nowhere'" in done.stderr


async def test_it_sets_a_value_and_keeps_the_expiry(url: str, sqlite_path: str) -> None:
    assert run("set", url, KEY, '{"votes": [3]}').returncode == 0
    async with SQLiteStorage({"SQLITE_PATH": sqlite_path}) as store:
        assert await PluginStorage("acme.plugins.Polls", store).get("open") == {"votes": [3]}
        [entry] = await store.describe([KEY])
        assert entry is not None
        assert entry.expires_at is not None


async def test_it_creates_with_an_expiry(url: str, sqlite_path: str) -> None:
    assert run("set", url, "new", "-", "--expires", "60", stdin=b"42").returncode == 0
    assert run("set", url, "json", '{"a": [1, null]}', "--json").returncode == 0
    async with SQLiteStorage({"SQLITE_PATH": sqlite_path}) as store:
        storage = PluginStorage("any.Plugin", store)
        assert await storage.get("new", shared=True) == 42
        assert await storage.get("json", shared=True) == {"a": [1, None]}
        [entry] = await store.describe(["new"])
        assert entry is not None
        assert entry.expires_at is not None


@pytest.mark.parametrize("literal", ["open(", "__import__('os')", "os.system('x')", "{1: "])
def test_it_refuses_what_is_no_literal(url: str, literal: str) -> None:
    done = run("set", url, "new", literal)
    assert done.returncode == 2
    assert done.stderr
    assert run("get", url, "new").returncode == 1


def test_it_says_once_where_in_a_literal_the_mistake_is(url: str) -> None:
    done = run("set", url, "k", "__import__('os')")
    assert done.stderr.count("line 1, column 1") == 1


def test_it_refuses_an_expiry_that_is_not_positive(url: str) -> None:
    done = run("set", url, "new", "1", "--expires", "0")
    assert done.returncode == 2
    assert "positive" in done.stderr


async def test_it_edits_one_part(url: str, sqlite_path: str) -> None:
    assert run("edit", url, KEY, "['votes'][0]", "7").returncode == 0
    assert run("edit", url, KEY, "['votes'][0]", '"seven"').returncode == 2
    async with SQLiteStorage({"SQLITE_PATH": sqlite_path}) as store:
        value = await PluginStorage("acme.plugins.Polls", store).get("open")
        assert value == {"votes": [7, 2], "title": "lunch"}


def test_it_deletes(url: str) -> None:
    assert run("delete", url, KEY).returncode == 0
    assert run("ls", url).stdout == "team\n"


def test_it_changes_nothing_in_a_store_for_reading(url: str) -> None:
    read_only = f"{url}?mode=ro"
    assert run("get", read_only, KEY).returncode == 0
    assert run("set", read_only, KEY, "1").returncode == 2
    assert run("delete", read_only, KEY).returncode == 2
    assert run("ls", url).stdout.count("\n") == 2


def test_it_says_that_a_store_is_not_there(tmp_path: Path) -> None:
    done = run("ls", f"sqlite://{tmp_path}/nowhere.db")
    assert done.returncode == 3
    assert "no SQLite file" in done.stderr
    assert not (tmp_path / "nowhere.db").exists()


def test_it_refuses_an_unknown_kind_of_store() -> None:
    assert run("ls", "mysql://host/db").returncode == 2


def test_it_shows_a_file_without_running_it(tmp_path: Path) -> None:
    hostile = b"cos\nsystem\n(S'touch %s/ran'\ntR." % str(tmp_path).encode()
    (tmp_path / "value").write_bytes(hostile)
    done = run("show", str(tmp_path / "value"))
    assert done.returncode == 0
    assert "system" in done.stdout
    assert not (tmp_path / "ran").exists()
    assert run("show", "-", stdin=pickle.dumps(42)).stdout == "42\n"


@pytest.mark.parametrize("data", [b"\x80\x04\x8c\xff", pickle.dumps({"a": 1})[:-2]])
def test_bytes_that_cannot_be_read_have_an_exit_code_of_their_own(data: bytes) -> None:
    done = run("show", "-", stdin=data)
    assert done.returncode == 4
    assert done.stderr.startswith("note: ")


def test_it_compares_two_files(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(pickle.dumps({"a": 1}))
    (tmp_path / "b").write_bytes(pickle.dumps({"a": 2}))
    done = run("diff", str(tmp_path / "a"), str(tmp_path / "b"))
    assert done.returncode == 1
    assert "['a']" in done.stdout
    assert run("diff", str(tmp_path / "a"), str(tmp_path / "a")).returncode == 0


def test_its_help_tells_the_exit_codes() -> None:
    done = run("--help")
    assert done.returncode == 0
    assert "exit codes" in done.stdout


def test_it_says_in_words_that_a_file_is_not_there(tmp_path: Path) -> None:
    for name, why in ((tmp_path / "nope", "it is not there"), (tmp_path, "it is a directory")):
        done = run("show", str(name))
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == f"The file {name} cannot be read: {why}.\n"


def test_it_masks_secrets_only_if_asked(tmp_path: Path) -> None:
    (tmp_path / "value").write_bytes(pickle.dumps({"api_token": "hunter2", "size": 3}))
    (tmp_path / "other").write_bytes(pickle.dumps({"api_token": "hunter3", "size": 3}))
    value, other = str(tmp_path / "value"), str(tmp_path / "other")
    assert "hunter2" in run("show", value).stdout
    for command in (("show", value), ("show", "--json", value), ("diff", value, other)):
        shown = run(*command, "--mask").stdout
        assert "api_token" in shown
        assert "hunter" not in shown


async def test_a_value_with_a_secret_name_is_masked_whole_if_asked(
    url: str, sqlite_path: str
) -> None:
    async with SQLiteStorage({"SQLITE_PATH": sqlite_path}) as store:
        await PluginStorage("acme.plugins.Polls", store).set("password", "hunter2")
    key = "acme.plugins.Polls:password"
    assert "hunter2" in run("get", url, key).stdout
    assert "hunter2" not in run("get", url, key, "--mask").stdout


def test_its_help_says_that_secrets_are_shown() -> None:
    assert "Secrets are shown" in run("--help").stdout
    assert "--mask" in run("get", "--help").stdout
