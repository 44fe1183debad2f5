"""The demo bot: a store that lives, and a process that ends when it should."""

import random
import signal
import subprocess
import sys

import pytest

from storage_core import PluginStorage, open_storage
from storage_core.demo.plugins import PLUGINS
from storage_core.keys import namespace_of

WORDS = [sys.executable, "-m", "storage_core.demo"]


async def test_every_plugin_stores_what_it_can_read_again():
    async with open_storage("memory://demo-plugins") as backend:
        plugins = [kind(PluginStorage(kind.name, backend), random.Random(7)) for kind, _ in PLUGINS]
        for plugin in plugins:
            await plugin.start()
            for _ in range(20):
                await plugin.act()
        keys = [entry.key async for batch in backend.scan() for entry in batch]
        assert {namespace_of(key) for key in keys} == {
            None,
            *(kind.name for kind, _ in PLUGINS if kind.name != "acme.plugins.settings.Settings"),
        }
        for key in keys:
            namespace = namespace_of(key)
            storage = PluginStorage(namespace or "acme.Any", backend)
            name = key.removeprefix(f"{namespace}:")
            assert await storage.get(name, shared=namespace is None) is not None


async def test_starting_again_keeps_what_was_there():
    async with open_storage("memory://demo-again") as backend:
        storage = PluginStorage("acme.plugins.karma.Karma", backend)
        await storage.set("karma:docs", 1000)
        for kind, _ in PLUGINS:
            await kind(PluginStorage(kind.name, backend), random.Random(7)).start()
        assert await storage.get("karma:docs") == 1000


@pytest.fixture
def bot(tmp_path):
    """The demo bot as a process, after its first writes."""
    url = f"sqlite:///{tmp_path}/demo.db?create=1"
    with subprocess.Popen([*WORDS, url, "--until-input-ends"], stdin=subprocess.PIPE) as process:
        while not (tmp_path / "demo.db").exists() and process.poll() is None:
            signal.sigtimedwait([], 0.02)
        yield process
        process.kill()


def test_it_ends_in_order_when_it_is_told_to(bot):
    bot.terminate()
    assert bot.wait(timeout=10) == 0


def test_it_ends_with_the_process_that_started_it(bot):
    bot.stdin.close()
    assert bot.wait(timeout=10) == 0


def test_a_store_that_cannot_be_opened_is_a_sentence_and_no_traceback():
    done = subprocess.run([*WORDS, "mysql://h"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "No kind of store is called 'mysql'.\n")
