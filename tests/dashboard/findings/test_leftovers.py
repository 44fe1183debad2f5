"""Entries that have expired and are still in the store."""

import asyncio
import time

import pytest

from dashboard.findings import leftovers as counting
from dashboard.findings.facts import facts_of
from dashboard.findings.keeping import overdue
from dashboard.findings.leftovers import Leftover, Leftovers
from storage_core.backends.memory import MemoryStorage
from storage_core.backends.sqlite import SQLiteStorage
from storage_core.read_only import read_only

KARMA = "acme.plugins.karma.Karma"


@pytest.fixture
async def late(sqlite_path):
    """A file with three entries of which two have expired, as a bot left it."""
    async with SQLiteStorage({"SQLITE_PATH": sqlite_path}, clock=lambda: time.time() - 60) as bot:
        await bot.set(f"{KARMA}:a", b"xxxx", 30)
        await bot.set("team", b"xx", 30)
        await bot.set(f"{KARMA}:b", b"x", 3600)
    async with SQLiteStorage({"SQLITE_PATH": sqlite_path}) as storage:
        yield storage


async def keys_in(batches):
    return [entry.key async for entries in batches for entry in entries]


async def test_a_file_tells_what_it_keeps_past_its_time(late):
    assert await keys_in(late.scan()) == [f"{KARMA}:b"]
    assert await keys_in(late.overdue()) == [f"{KARMA}:a", "team"]
    assert await keys_in(read_only(late).overdue()) == [f"{KARMA}:a", "team"]


async def test_a_store_that_removes_what_expires_tells_of_nothing():
    async with MemoryStorage({}) as storage:
        await storage.set("team", b"x", 0.001)
        assert await keys_in(storage.overdue()) == []


async def test_they_are_counted_by_namespace_and_found(late, scene):
    leftovers = Leftovers()
    await leftovers.count(late)
    assert leftovers.found == {KARMA: Leftover(1, 4), None: Leftover(1, 2)}
    facts = await facts_of(scene.catalog, scene.looks, None, leftovers.found)
    assert {(found.title, found.evidence[0].text) for found in overdue(facts)} == {
        ("Karma: 1 entry expired and still stored", "1 entry past the end, 4 bytes"),
        ("Shared keys: 1 entry expired and still stored", "1 entry past the end, 2 bytes"),
    }


async def test_the_store_is_left_alone_between_two_questions(late, monkeypatch):
    monkeypatch.setattr(counting, "BATCH", 1)
    rests = []

    async def rest(seconds):
        rests.append(seconds)

    monkeypatch.setattr(counting.asyncio, "sleep", rest)
    await Leftovers().count(late)
    assert len(rests) >= 3
    assert all(seconds > 0 for seconds in rests)


async def test_what_is_counted_is_known_by_name(late):
    leftovers = Leftovers()
    await leftovers.count(late)
    assert [entry.key for entry in leftovers.entries] == [f"{KARMA}:a", "team"]
    assert all(entry.expires_at < time.time() for entry in leftovers.entries)


async def test_an_expiry_that_passes_makes_the_next_walk_come_soon(scene, monkeypatch):
    monkeypatch.setattr(counting, "NOT_YET", 0.01)
    passed = scene.catalog.index.deadlines.passed
    waiting = asyncio.create_task(Leftovers().until_next(scene.catalog, passed, 0.0))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    deadlines = scene.catalog.index.deadlines
    deadlines.until = scene.now + 60
    deadlines.note("soon", scene.now + 1)
    assert deadlines.due(scene.now + 2) == ["soon"]
    await asyncio.wait_for(waiting, 20)


async def test_the_step_leads_to_what_has_expired(late, scene):
    leftovers = Leftovers()
    await leftovers.count(late)
    facts = await facts_of(scene.catalog, scene.looks, None, leftovers.found)
    assert {(found.steps[0].to, found.steps[0].target) for found in overdue(facts)} == {
        ("overdue", KARMA),
        ("overdue", None),
    }
