"""Nobody can make the bot run code through the dashboard: 0 accepted of every hostile input through
every way to write.

A stock bot reads every value in the end, and tells what that made it look up.
"""

import asyncio
import base64
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.web import links
from storage_core import open_storage
from tests.dashboard.web.test_key_edit import fields_of
from tests.interop.conftest import ROOT
from tests.promises.record import saves_in

PLUGIN = "acme.plugins.rota.Rota"
READER = Path(__file__).parent / "stock_reader.py"
# A global without a call, which is harmless to load and no literal.
NAMES_OS = b"\x80\x04cos\ngetcwd\n."
# What a literal may make the bot look up.
LITERALS = {
    *("builtins.set", "builtins.frozenset", "builtins.complex", "_codecs.encode"),
    *("collections.OrderedDict", "collections.Counter", "datetime.datetime", "decimal.Decimal"),
}
START = {"title": "rota", "list": ["a"], "n": 1}


class Runs:
    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self):
        return os.system, (f"touch {self.canary}",)


@pytest.fixture(scope="session")
def canary(tmp_path_factory) -> Path:
    """A file that comes into being if hostile code runs anywhere."""
    return tmp_path_factory.mktemp("canary") / "sang"


def texts(canary: Path) -> list[str]:
    """What somebody types who wants the bot to run something."""
    touch = f"touch {canary}"
    return [
        f"__import__('os').system('{touch}')",
        f"os.system('{touch}')",
        f"[__import__('os').system('{touch}')]",
        f"{{'a': open('{canary}', 'w')}}",
        f"(lambda: open('{canary}', 'w'))()",
        f"[open('{canary}', 'w') for x in (1,)]",
        f"f\"{{open('{canary}', 'w')}}\"",
        f"Path(open('{canary}', 'w'))",
        f'Object("os.system", "{touch}")',
        f'Decimal(__import__("os").system("{touch}"))',
        f'datetime("2026-11-24T09:00:00", zone=open("{canary}", "w"))',
        'defaultdict(__import__("os").system)',
        f'OrderedDict([("a", os.system("{touch}"))])',
        f"Counter(eval(\"open('{canary}', 'w')\"))",
        "<os.system>",
        "<acme.models.Ticket title='printer'>",
        "datetime.__class__",
        "().__class__.__bases__[0].__subclasses__()",
        f"cos\nsystem\n(S'{touch}'\ntR.",
        f'{{"$type": "os.system", "args": ["{touch}"]}}',
        f'{{"$object": "os.system", "$args": ["{touch}"]}}',
        "(" * 5000 + ")" * 5000,
    ]


@pytest.fixture
async def person(sign_in):
    return sign_in("editor")


@pytest.fixture
async def stored(bots_file):
    """Store bytes as the bot does, and read them."""
    async with open_storage(f"sqlite:///{bots_file}") as backend:
        yield backend


def address(key: str, name: str, **more: str) -> str:
    return links.key_url("file", f"{PLUGIN}:{key}", name, **more)


async def through(person, place: str, **typed: str) -> None:
    """Take a form through all its steps, whatever it answers."""
    fields = await person.fields(place)
    for step in ("review", "save", "save"):
        answer = await person.send(place, fields | {"change_type": "1"}, **typed, step=step)
        assert answer.status_code < 500
        fields = fields_of(answer.text) or fields


def ran(words: list[str], given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, input=given, text=True, capture_output=True, cwd=ROOT, timeout=120, check=False
    )


async def test_what_is_typed_is_never_more_than_literals(person, stored, canary):
    key = f"{PLUGIN}:typed"
    tried = 0
    for text in texts(canary):
        await stored.set(key, pickle.dumps(START, 4))
        for path, as_source in (("", "source"), ("['title']", ""), ("['n']", ""), ("['list']", "")):
            await through(person, address("typed", "key-edit", path=path, as_=as_source), text=text)
            tried += 1
        for path, do in (("", "add"), ("['list']", "append"), ("['title']", "rename")):
            place = address("typed", "key-shape", path=path, do=do)
            await through(person, place, text=text, key=text, control="source")
            tried += 1
        await through(
            person, links.url("key-create", "file", ns=PLUGIN), name=f"new-{tried}", text=text
        )
    assert tried == 7 * len(texts(canary))
    assert not canary.exists()


async def test_bytes_that_were_slipped_into_a_form_are_not_taken(person, stored, canary):
    hostile = base64.b64encode(pickle.dumps(Runs(canary), 4)).decode()
    key = f"{PLUGIN}:slipped"
    before = pickle.dumps(START, 4)
    await stored.set(key, before)
    for name in ("key-edit", "key-shape", "key-delete", "key-expiry"):
        place = address("slipped", name, path="['title']", do="remove")
        fields = await person.fields(place)
        for forged in (
            {"base": hostile},
            {"draft": hostile},
            {"draft": f"{hostile}:{'a' * 43}", "step": "save"},
            {"origin": hostile, "sealed": hostile, "step": "choose"},
            {"base": hostile, "digest": "0" * 64, "shown": "0" * 64, "step": "save"},
        ):
            typed = {"text": "rota", "when": "x"}
            assert (await person.send(place, fields | forged, **typed)).status_code < 500
    assert b"system" not in (await stored.get(key) or b"")


async def test_a_draft_of_another_key_is_not_taken(person, stored):
    """What was sealed for one key does not open another."""
    for key in ("one", "two"):
        await stored.set(f"{PLUGIN}:{key}", pickle.dumps(START, 4))
    place = address("one", "key-edit", path="['title']")
    fields = await person.fields(place)
    await stored.set(f"{PLUGIN}:one", pickle.dumps(START | {"title": "theirs"}, 4))
    looked = fields_of((await person.send(place, fields, text="mine", step="review")).text)
    clash = fields_of((await person.send(place, looked, text="mine", step="save")).text)
    assert clash["sealed"]
    other = address("two", "key-edit", path="['title']")
    forged = (await person.fields(other)) | {"draft": clash["sealed"]}
    await person.send(other, forged, text="rota", step="save")
    assert pickle.loads(await stored.get(f"{PLUGIN}:two")) == START


async def test_what_a_bots_call_is_given_cannot_be_edited(person, stored, canary):
    key = f"{PLUGIN}:call"
    before = pickle.dumps(Runs(canary), 4)
    await stored.set(key, before)
    for path in ("", "[0]", ".args[0]", "args[0]", "(0)", "[1][0]"):
        for name in ("key-edit", "key-shape"):
            place = address("call", name, path=path, do="replace")
            assert (await person.send(place, await token(person), text="'id'")).status_code < 500
            fields = await person.fields(place)
            await person.send(place, fields | await token(person), text="'id'", step="save")
    assert await stored.get(key) == before
    await stored.delete(key)


async def token(person) -> dict[str, str]:
    fields = await person.fields("/account/")
    return {"csrfmiddlewaretoken": fields["csrfmiddlewaretoken"]}


async def test_a_restore_does_not_bring_in_what_the_bot_does_not_import_now(
    person, sign_in, stored, folder
):
    key = f"{PLUGIN}:restored"
    await stored.set(key, NAMES_OS)
    maintainer = sign_in("maintainer")
    place = address("restored", "key-delete")
    assert (await maintainer.send(place, await maintainer.fields(place))).status_code == 303
    number = saves_in(folder)[-1].number
    for present in (None, pickle.dumps(START, 4)):
        if present is not None:
            await stored.set(key, present)
        restoring = links.url("restore", str(number), state="before")
        answer = await person.send(restoring, await person.fields(restoring))
        assert answer.status_code in {403, 422}
        assert await stored.get(key) == present


@pytest.mark.parametrize("flag", [(), ("--json",)], ids=["text", "json"])
async def test_what_is_typed_in_a_terminal_is_never_more_than_literals(bots_file, canary, flag):
    url = f"sqlite:///{bots_file}"
    script = (
        "import sys, json; from storage_core.terminal.commands import main\n"
        "for n, text in enumerate(json.load(sys.stdin)):\n"
        "    for words in (['set', sys.argv[1], sys.argv[2] + str(n), text], ['edit',"
        " sys.argv[1], sys.argv[2], '', text]):\n"
        "        try: main(words + sys.argv[3:])\n"
        "        except SystemExit: pass\n"
    )
    words = [sys.executable, "-c", script, url, f"{PLUGIN}:terminal", *flag]
    given = json.dumps([text for text in texts(canary) if "\n" not in text])
    said = await asyncio.to_thread(ran, words, given)
    assert "Traceback" not in said.stderr, said.stderr
    assert not canary.exists()


async def test_reading_it_all_makes_the_bot_look_up_nothing_else(stored, stock_python, bots_file):
    """The last test of this file: what the others have left in the store."""
    keys = []
    async for page in stored.scan():
        keys += [each.key.partition(":")[2] for each in page if each.key.startswith(f"{PLUGIN}:")]
    assert len(keys) > 1
    words = [str(stock_python), str(READER), str(bots_file), PLUGIN, json.dumps(keys)]
    done = await asyncio.to_thread(ran, words)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["harmful"] == []
    assert set(said["found"]) <= LITERALS
