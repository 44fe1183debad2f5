"""What is kept stays within the bounds of its mark, and goes with it, the oldest first."""

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from dashboard.history import marking
from dashboard.history.book import book_of
from dashboard.history.marking import kept_under
from dashboard.history.models import HistoryMark, State, Version
from dashboard.history.places import Scope
from dashboard.history.tidying import tidy
from dashboard.history.writing import Reading, write
from tests.dashboard.history.conftest import SHARED, TEAM, bounds, versions

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now().timestamp()


async def begun(scope: Scope = SHARED, **given) -> HistoryMark:
    return await marking.begin("prod", scope, bounds(**given), "lea")


async def keep(mark: HistoryMark, *values: bytes | None, key: str = TEAM, ago: float = 0.0) -> None:
    """Write down that the bot stored these values, a second apart; None for a deletion."""
    for place, data in enumerate(values):
        state = State.GONE if data is None else State.HELD
        at = NOW - ago + place
        await sync_to_async(write)("prod", [Reading(mark, key, at, at, state, data)])


async def test_only_the_last_versions_of_a_key_are_kept():
    mark = await begun(versions=2)
    await keep(mark, b"1", b"2", b"3", b"4")
    assert await versions() == [b"3", b"4"]


async def test_what_was_replaced_longest_ago_goes_when_there_are_too_many_bytes():
    mark = await begun(octets=5000)
    await keep(mark, b"still there", key="idle")
    await keep(mark, *(b"%d" % number * 800 for number in range(10, 20)))
    kept = await versions()
    assert kept[-1] == b"19" * 800
    assert len(kept) < 4
    assert await versions("idle") == [b"still there"]
    assert (await kept_under(mark)).octets <= 5000


async def test_the_sums_are_those_of_what_is_kept():
    mark = await begun(versions=3, octets=3000)
    await keep(mark, *(b"%d" % number * 300 for number in range(10, 16)))
    await keep(mark, b"x", None, key="other")
    fresh = await HistoryMark.objects.aget()
    octets = [one.octets async for one in Version.objects.all()]
    assert (fresh.versions_kept, fresh.octets_kept) == (len(octets), sum(octets))


async def test_what_was_replaced_too_long_ago_goes_but_never_what_holds():
    mark = await begun(days=2)
    await keep(mark, b"old", b"older than it looks", ago=86400 * 9)
    await keep(mark, b"gone", None, key="left", ago=86400 * 9)
    await tidy("prod", NOW)
    assert await versions() == [b"older than it looks"]
    assert await versions("left") == []


async def test_a_version_that_was_found_too_late_does_not_go_back_in_time():
    mark = await begun()
    await keep(mark, b"1")
    await keep(mark, b"2", ago=60)
    first, second = [one async for one in Version.objects.order_by("number")]
    assert second.at >= first.at
    assert first.until == second.at


async def test_nothing_is_written_under_a_mark_that_has_ended():
    mark = await begun()
    await keep(mark, b"1")
    assert await marking.end(mark) == 1
    await keep(mark, b"2")
    assert await versions() == []
    assert not await HistoryMark.objects.aexists()


async def test_what_a_killed_process_left_to_delete_is_deleted():
    mark = await begun()
    await keep(mark, b"1", b"2")
    await HistoryMark.objects.aupdate(ended_at=timezone.now() - timedelta(hours=1))
    await tidy("prod", NOW)
    assert await versions() == []
    assert not await HistoryMark.objects.aexists()


async def test_a_place_can_be_marked_again_while_its_old_versions_are_deleted():
    old = await begun()
    await keep(old, b"1")
    await HistoryMark.objects.aupdate(ended_at=timezone.now())
    new = await begun()
    await keep(new, b"1")
    await tidy("prod", NOW)
    assert await versions() == [b"1"]


async def test_a_mark_on_one_key_takes_over_its_versions_and_gives_them_back():
    wide = await begun()
    await keep(wide, b"1")
    own = await begun(Scope.of_key(TEAM), versions=5)
    assert book_of("prod").of(TEAM).pk == own.pk
    assert ((await kept_under(wide)).versions, (await kept_under(own)).versions) == (0, 1)
    await marking.end(own)
    assert book_of("prod").of(TEAM).pk == wide.pk
    assert (await kept_under(wide)).versions == 1
    assert await versions() == [b"1"]


async def test_changing_a_mark_keeps_what_there_is():
    mark = await begun()
    await keep(mark, b"1")
    again = await begun(versions=7)
    assert (again.pk, again.versions, await versions()) == (mark.pk, 7, [b"1"])
