"""What was seen of each hour, and how a namespace grew, outlives the process."""

from types import SimpleNamespace

import pytest
from django.db import DatabaseError

from dashboard.catalog.chronicle import HOUR, HOURS
from dashboard.findings import hours as module
from dashboard.findings.hours import Hours
from dashboard.findings.models import HourSeen, Vigil
from storage_core.entries import EntryInfo
from tests.dashboard.findings.conftest import NOON, Scene

KARMA = "acme.plugins.karma.Karma"
UP = SimpleNamespace(status=SimpleNamespace(state="up"))
pytestmark = pytest.mark.django_db(transaction=True)


class Process:
    """One dashboard in its time: it begins, watches, and ends."""

    def __init__(self, now=NOON):
        self.scene = Scene()
        self.scene.now = now
        self.scene.catalog.chronicle.began = now
        self.scene.catalog.report(state="ready")
        self.hours = Hours("prod", self.scene.catalog, clock=lambda: self.scene.now)

    async def begin(self, keys=()):
        """Start over a store that has these keys, as a scan finds them."""
        for key in keys:
            self.scene.catalog.index.put(EntryInfo(key, 100))
        await self.hours.recall()
        await self.watch(0)
        return self

    async def watch(self, seconds):
        self.scene.now += seconds
        await self.hours.keep_watch(UP)
        await self.hours.flush()


def some(start, count):
    return [f"{KARMA}:{number}" for number in range(start, start + count)]


async def test_slow_growth_is_found_although_the_dashboard_starts_anew_each_night():
    first = await Process().begin()
    first.scene.write(*some(0, 60), size=100)
    await first.watch(5 * HOUR)
    second = await Process(first.scene.now + HOUR).begin(some(0, 60))
    second.scene.now += 60
    second.scene.write(*some(60, 15), size=100)
    (found,) = await second.scene.find("only-growing")
    assert found.evidence[0].text == (
        "15 keys more in 6 hours, none seen being removed (for 60 minutes of it nobody watched)"
    )


async def test_what_was_removed_before_the_start_counts_against_it():
    first = await Process().begin()
    first.scene.write(*some(0, 60), size=100)
    first.scene.remove(f"{KARMA}:0")
    await first.watch(5 * HOUR)
    second = await Process(first.scene.now + 10).begin(some(1, 59))
    second.scene.now += 60
    second.scene.write(*some(60, 15), size=100)
    assert await second.scene.find("only-growing") == []


async def test_the_hours_are_there_again_and_the_gap_is_known_as_one():
    first = await Process(NOON - NOON % HOUR).begin()
    for _ in range(2):
        first.scene.write("team")
        await first.watch(HOUR)
    second = await Process(first.scene.now + 3 * HOUR).begin(["team"])
    second.scene.write("team")
    chronicle = second.scene.catalog.chronicle
    assert chronicle.hours([None], second.scene.now)[-6:] == [1, 1, 0, 0, 0, 1]
    assert chronicle.hours_known(second.scene.now)[-6:] == [True, True, True, False, False, True]
    assert not any(chronicle.hours_known(second.scene.now)[:-6])


async def test_an_hour_in_which_it_started_anew_is_counted_on():
    first = await Process(NOON - NOON % HOUR).begin()
    first.scene.write("team")
    await first.watch(60)
    second = await Process(first.scene.now).begin(["team"])
    second.scene.write("team")
    await second.watch(60)
    assert (await HourSeen.objects.aget()).changes == 2


async def test_of_several_processes_the_highest_count_and_the_first_extent_hold():
    both = [await Process(NOON - NOON % HOUR).begin() for _ in range(2)]
    for process in both:
        process.scene.write("team", size=10)
        process.scene.now += 1
        process.scene.write("team", "flags", size=50)
    for process in both:
        await process.watch(60)
    row = await HourSeen.objects.aget()
    assert (row.changes, row.keys, row.size) == (3, 1, 10)


async def test_what_does_not_change_is_not_written_again():
    process = await Process().begin()
    process.scene.write("team")
    await process.watch(10)
    written = await HourSeen.objects.aget()
    await HourSeen.objects.all().adelete()
    await process.watch(10)
    assert not await HourSeen.objects.aexists()
    process.scene.write("team")
    await process.watch(10)
    assert (await HourSeen.objects.aget()).changes == written.changes + 1


async def test_what_is_written_at_once_and_kept_is_bounded(monkeypatch):
    monkeypatch.setattr(module, "TOGETHER", 2)
    monkeypatch.setattr(module, "MOST_KEPT", 3)
    process = await Process().begin()
    process.scene.write(*(f"a.b.P{number}:k" for number in range(5)))
    await process.hours.flush()
    assert await HourSeen.objects.acount() == 2
    await process.hours.flush()
    await process.hours.flush()
    assert await HourSeen.objects.acount() == 5
    await process.hours.tidy()
    assert await HourSeen.objects.acount() == 3
    process.scene.now += (HOURS + 2) * HOUR
    await process.hours.tidy()
    assert not await HourSeen.objects.aexists()


async def test_a_database_that_is_away_loses_nothing(monkeypatch):
    process = await Process().begin()
    process.scene.write("team")

    async def fails(*_, **__):
        raise DatabaseError("away")

    with monkeypatch.context() as away:
        away.setattr(HourSeen.objects.__class__, "abulk_create", fails)
        with pytest.raises(DatabaseError):
            await process.hours.flush()
    await process.hours.flush()
    assert await HourSeen.objects.acount() == 1


async def test_a_vigil_ends_where_the_store_was_away():
    process = await Process().begin()
    await process.watch(120)
    process.scene.catalog.report(state="waiting")
    await process.watch(600)
    process.scene.catalog.report(state="ready")
    await process.watch(600)
    spans = [(one.since.timestamp() - NOON, one.until.timestamp() - NOON) async for one in vigils()]
    assert spans == [(0, 120), (1320, 1320)]


def vigils():
    return Vigil.objects.order_by("since")


async def test_plugins_and_shared_keys_are_told_apart():
    first = await Process().begin()
    first.scene.write("team", f"{KARMA}:x")
    await first.watch(60)
    second = await Process(first.scene.now).begin()
    assert set(second.scene.catalog.chronicle.histories) == {None, KARMA}
