"""Values are looked at in passing: each once, those that change again, slowly."""

import asyncio
import os
import pickle
import secrets

import pytest

from dashboard import catalog as catalogs
from dashboard import reading, stores, watching
from dashboard.findings import inspector as inspecting
from dashboard.findings.inspector import Inspector
from dashboard.findings.looks import Looks
from storage_core.abc import BrowsableStorage
from storage_core.entries import StoredValue
from storage_core.exceptions import StoreUnavailable
from storage_core.values import Masking
from tests.waiting import until

KARMA = "acme.plugins.karma.Karma"


class Runs:
    def __reduce__(self):
        return os.system, ("touch /tmp/cubbyhole-inspector-canary",)


@pytest.fixture
async def scene(settings):
    """An inspector of a watched store in memory; `write` writes as a bot does."""
    settings.CUBBYHOLE_STORES = {"prod": f"memory://{secrets.token_hex(8)}"}
    async with reading.run(), watching.run():
        store = stores.get("prod")
        catalog = catalogs.of("prod")
        await until(lambda: catalog.progress.state == "ready")
        yield Inspector(store, catalog, Looks(), clock=lambda: 0.0)


async def write(scene, key, value):
    data = value if isinstance(value, bytes) else pickle.dumps(value, 4)
    before = scene.catalog.row(key)
    await scene.store.backend.set(key, data)
    await until(
        lambda: (
            (row := scene.catalog.row(key))
            and row.size == len(data)
            and (before is None or row.changed_at != before.changed_at)
        )
    )


async def look(scene):
    """One step; gives the keys that were looked at."""
    keys = scene.next_keys()
    if keys:
        await scene.look_at(scene.store.browsable, keys)
    return keys


async def test_what_a_value_is_and_imports_is_seen(scene):
    await write(scene, "team", {"a": 1})
    await write(scene, "bad", pickle.dumps([1, 2], 4)[:-3])
    await write(scene, "runs", Runs())
    assert set(await look(scene)) == {"team", "bad", "runs"}
    assert scene.looks.get("team").kind == "dict"
    assert scene.looks.get("bad").kind is None
    assert "could not be read to its end" in scene.looks.get("bad").why
    assert "posix.system" in scene.looks.get("runs").imports


async def test_nothing_is_looked_at_twice_unless_it_changes(scene):
    await write(scene, "team", 1)
    await write(scene, "flags", 1)
    await look(scene)
    assert await look(scene) == []
    scene.clock = lambda: 60.0
    await write(scene, "team", {"now": "a dict"})
    assert await look(scene) == ["team"]
    assert scene.looks.get("team").drift.before == "int"


async def test_a_value_that_changes_all_the_time_waits_its_turn(scene):
    await write(scene, "busy", 1)
    await look(scene)
    await write(scene, "busy", "changed")
    assert await look(scene) == []
    scene.clock = lambda: inspecting.SOON
    assert await look(scene) == ["busy"]


async def test_what_was_there_before_is_looked_at_shared_keys_first(scene):
    await write(scene, f"{KARMA}:a", 1)
    await write(scene, "team", 1)
    late = Inspector(scene.store, scene.catalog, Looks(), clock=lambda: 0.0)
    assert late.next_keys() == ["team", f"{KARMA}:a"]


async def test_of_a_large_plugin_only_a_part_is_looked_at(scene, monkeypatch):
    monkeypatch.setattr(inspecting, "PER_NAMESPACE", 3)
    for number in range(6):
        await write(scene, f"{KARMA}:{number}", number)
    late = Inspector(scene.store, scene.catalog, Looks(), clock=lambda: 0.0)
    assert len(await look(late)) == 3
    assert await look(late) == []


async def test_what_was_known_before_this_process_began_is_looked_at_again(scene, monkeypatch):
    monkeypatch.setattr(inspecting, "PER_NAMESPACE", 1)
    for name in ("a", "b"):
        await write(scene, f"{KARMA}:{name}", 1)
    late = Inspector(scene.store, scene.catalog, Looks(), clock=lambda: 0.0)
    late.looks.recall_kinds({f"{KARMA}:b": "str"}, {})
    await look(late)
    assert late.looks.get(f"{KARMA}:b").drift.before == "str"


async def test_a_large_value_is_looked_at_alone_when_nothing_else_is_to_be(scene, monkeypatch):
    monkeypatch.setattr(inspecting, "LARGEST", 100)
    await write(scene, "large", pickle.dumps("x" * 200, 4)[:-3])
    await write(scene, "larger", ["x" * 300])
    await write(scene, "team", 1)
    assert await look(scene) == ["team"]
    (first,) = await look(scene)
    assert await look(scene) == []
    scene.clock = lambda: inspecting.LARGE_REST
    (second,) = await look(scene)
    assert {first, second} == {"large", "larger"}
    assert "could not be read to its end" in scene.looks.get("large").why
    assert scene.looks.get("larger").kind == "list"
    assert await look(scene) == []


async def test_a_large_value_that_keeps_changing_is_read_seldom(scene, monkeypatch):
    monkeypatch.setattr(inspecting, "LARGEST", 100)
    await write(scene, "large", "x" * 200)
    assert [await look(scene), await look(scene)] == [[], ["large"]]
    await write(scene, "large", ["x" * 200])
    scene.clock = lambda: inspecting.LARGE_AGAIN - 1
    assert [await look(scene), await look(scene)] == [[], []]
    scene.clock = lambda: inspecting.LARGE_AGAIN
    assert await look(scene) == ["large"]
    assert scene.looks.get("large").drift.before == "str"


async def test_a_value_of_too_many_parts_is_not_called_broken(scene):
    many = b"\x80\x04(" + b"K\x01" * 2_000_001 + b"l."
    async with asyncio.timeout(60):
        seen = await inspecting.look_at(StoredValue("many", many), Masking(), 0.0)
    assert seen.is_unread
    assert seen.digest


async def test_a_value_beyond_what_can_be_read_is_not_asked_for(scene, monkeypatch):
    monkeypatch.setattr(inspecting, "LARGEST", 100)
    monkeypatch.setattr(inspecting, "LARGEST_READ", 150)
    await write(scene, "large", "x" * 200)
    assert await look(scene) == []
    assert scene.looks.get("large").is_unread


async def test_a_value_that_is_gone_is_forgotten(scene):
    await write(scene, "team", 1)
    await look(scene)
    await scene.store.backend.delete("team")
    await until(lambda: scene.catalog.row("team") is None)
    assert scene.looks.get("team") is None


async def test_the_store_is_left_alone_twenty_times_as_long_as_it_took(scene):
    assert scene.pause(0.0) == scene.rest
    assert scene.pause(0.5) == 10.0


async def test_a_store_that_is_down_is_not_asked(scene):
    scene.store.is_down("Connection refused.")
    assert not scene.is_time


class Failing(BrowsableStorage):
    """A store that fails when it is asked for values."""

    async def fetch(self, keys):
        raise StoreUnavailable("Gone away.")


Failing.__abstractmethods__ = frozenset()


async def test_what_could_not_be_looked_at_is_looked_at_later(scene):
    await write(scene, "team", 1)
    keys = scene.next_keys()
    with pytest.raises(StoreUnavailable):
        await scene.look_at(Failing({}), keys)
    scene.clock = lambda: inspecting.ROUND
    assert await look(scene) == ["team"]
