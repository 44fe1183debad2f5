"""Old entries are removed once a day, by one process, on record, or not at all."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from dashboard.journal.models import Entry, Kind
from dashboard.journal.retention import keep_pruned, prune_daily
from tests.dashboard.journal.test_chain import faults
from tests.waiting import until

NOW = timezone.now()


class Killed(BaseException):
    """The process ends at this point."""


@pytest.fixture
def old(entries):
    Entry.objects.filter(index__lte=4).update(at=NOW - timedelta(days=31))


def kinds() -> list[str]:
    return [entry.kind for entry in Entry.objects.order_by("index")]


@pytest.mark.django_db
def test_what_is_too_old_goes_on_record_and_the_rest_verifies(old):
    assert prune_daily(30) == 4
    assert kinds() == ["intent", "outcome", "pruning"]
    assert faults() == []


@pytest.mark.django_db
def test_it_is_done_once_a_day_however_many_processes_look(old):
    assert prune_daily(30) == 4
    Entry.objects.filter(index__in=(5, 6)).update(at=NOW - timedelta(days=31))
    assert prune_daily(30) == 0
    assert kinds() == ["intent", "outcome", "pruning"]
    assert prune_daily(30, timezone.now() + timedelta(days=1)) == 2
    assert kinds() == ["pruning", "pruning"]


@pytest.mark.django_db
def test_where_nothing_is_too_old_nothing_is_written(entries):
    assert prune_daily(30) == 0
    assert Kind.PRUNING not in kinds()


@transaction.atomic
def prune_and_die() -> None:
    prune_daily(30)
    raise Killed


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_process_began_is_as_if_it_had_not(old):
    with pytest.raises(Killed):
        prune_and_die()
    assert Entry.objects.count() == 6
    assert prune_daily(30) == 4


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("days", "left"), [(30, 3), (0, 6)])
async def test_the_web_process_does_it_by_itself_where_it_is_configured(old, settings, days, left):
    settings.CUBBYHOLE_JOURNAL_DAYS = days
    task = asyncio.create_task(keep_pruned())

    async def is_done() -> bool:
        return await Entry.objects.acount() == left

    await until(is_done)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert await is_done()
