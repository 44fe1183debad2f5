"""What became of shared keys while no dashboard ran is found, dated roughly, and counted."""

import pytest

from dashboard import catalog as catalogs
from dashboard import findings
from dashboard.audit import absence
from dashboard.audit.models import Sighting
from dashboard.audit.sightings import Witness
from dashboard.findings import Look, looks_at
from dashboard.findings.models import Vigil
from dashboard.keyed import digest_of_key
from dashboard.moments import moment_of
from storage_core.entries import EntryInfo
from tests.dashboard.audit.conftest import NOON

HOUR = 3600.0


class Run:
    """One dashboard in its time over the shared keys of a store, each with its value."""

    def __init__(self, now, values):
        catalogs.forget_all()
        findings.looks.forget_all()
        self.catalog = catalogs.of("prod")
        self.catalog.chronicle.began = now
        self.now, self.told = now, []
        for key in values:
            self.catalog.index.put(EntryInfo(key, len(values[key])))
        self.catalog.report(state="ready", finished_at=now)
        self.witness = Witness("prod", self.catalog, self.told.append, clock=lambda: self.now)
        self.values = values

    async def go_on(self, seconds=60):
        """Look at all values, and write down what there is."""
        self.now += seconds
        for key, value in self.values.items():
            looks_at("prod").keep(key, Look(self.now, len(value), len(value), "str", digest=value))
        await self.witness.make_up()
        await self.witness.introduce()
        await self.witness.flush()

    def write(self, key, value):
        self.now += 1
        self.values[key] = value
        self.catalog.apply([(key, self.now, EntryInfo(key, len(value)))])

    async def end(self):
        """The process ends; nobody watches from now on."""
        await Vigil.objects.acreate(store="prod", since=moment_of(NOON), until=moment_of(self.now))


@pytest.fixture
async def first(transactional_db):
    run = Run(NOON, {"team": b"one", "flags": b"two"})
    await run.go_on()
    await run.go_on()
    await run.end()
    yield run
    catalogs.forget_all()
    findings.looks.forget_all()


async def one(key="team"):
    return await Sighting.objects.aget(key_digest=digest_of_key(key))


def span_of(sighting):
    return [moment.timestamp() - NOON for moment in (sighting.missed_from, sighting.missed_until)]


async def test_a_change_while_nobody_watched_is_dated_from_when_to_when_and_counted(first):
    later = Run(NOON + 8 * HOUR, {"team": b"ONE", "flags": b"two"})
    await later.go_on()
    await later.go_on()
    sighting = await one()
    assert (sighting.changes, sighting.is_last_missed) == (1, True)
    assert span_of(sighting) == [120, 8 * HOUR]
    assert sighting.changed_until == sighting.missed_until
    assert (await one("flags")).changes == 0
    assert [set(batch) for batch in later.told] == [{"team"}]


async def test_a_change_that_is_seen_afterwards_is_the_last(first):
    later = Run(NOON + 8 * HOUR, {"team": b"ONE", "flags": b"two"})
    await later.go_on()
    later.write("team", b"OnE")
    await later.go_on()
    sighting = await one()
    assert (sighting.changes, sighting.is_last_missed) == (2, False)
    assert sighting.changed_until.timestamp() == NOON + 8 * HOUR + 61


async def test_what_was_seen_changing_is_not_found_once_more(first):
    later = Run(NOON + 8 * HOUR, {"team": b"one", "flags": b"two"})
    later.write("team", b"ONE")
    await later.go_on()
    sighting = await one()
    assert (sighting.changes, sighting.missed_until) == (1, None)


async def test_a_change_that_was_seen_but_not_looked_at_is_not_called_missed(first):
    first.write("team", b"ONE")
    await first.witness.flush()
    await first.end()
    await Run(NOON + 8 * HOUR, {"team": b"ONE", "flags": b"two"}).go_on()
    sighting = await one()
    assert (sighting.changes, sighting.missed_until) == (1, None)


async def test_keys_that_came_or_went_or_came_back_are_found(first):
    second = Run(NOON + 8 * HOUR, {"flags": b"two", "new": b"!"})
    await second.go_on()
    gone, new = await one(), await one("new")
    assert gone.removed_at == gone.missed_until == moment_of(NOON + 8 * HOUR)
    assert (gone.changes, new.changes, new.removed_at) == (1, 1, None)
    assert span_of(new) == [120, 8 * HOUR]
    await second.end()
    await Run(NOON + 16 * HOUR, {"flags": b"two", "new": b"!", "team": b"x"}).go_on()
    back = await one()
    assert (back.changes, back.removed_at) == (2, None)
    assert span_of(back) == [8 * HOUR + 60, 16 * HOUR]


async def test_a_value_that_is_never_read_is_told_by_its_size(first):
    await Sighting.objects.aupdate(digest="")
    await Run(NOON + 8 * HOUR, {"team": b"one", "flags": b"three"}).go_on()
    assert not (await one()).is_last_missed
    assert (await one("flags")).is_last_missed


async def test_of_several_processes_that_begin_one_counts_it(first):
    values = {"team": b"ONE", "flags": b"two"}
    later = Run(NOON + 8 * HOUR, values)
    other = Witness("prod", later.catalog, later.told.append, clock=lambda: later.now)
    other.absence.end = later.witness.absence.end = await other.absence.look_back()
    other.absence.is_over = True
    await later.go_on()
    await other.make_up()
    assert (await one()).changes == 1
    assert len(later.told) == 1


async def test_where_nobody_watched_before_nothing_is_missed(transactional_db):
    run = Run(NOON, {"team": b"one"})
    await run.go_on()
    assert (await one()).missed_until is None
    assert run.told == []


async def test_a_step_is_bounded(first, monkeypatch):
    monkeypatch.setattr(absence, "TOGETHER", 2)
    later = Run(NOON + 8 * HOUR, {f"k{number}": b"!" for number in range(5)})
    await later.witness.make_up()
    assert await Sighting.objects.filter(changes=1).acount() == 2
    for _ in range(4):
        await later.go_on()
    assert await Sighting.objects.filter(changes=1).acount() == 7
