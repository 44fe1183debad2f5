"""Work beside the requests: it goes on as long as it is wanted, and does not end in silence."""

import asyncio

import pytest
from django.db import DatabaseError

from dashboard import chores
from tests.waiting import until


class Failure(Exception):
    pass


class Work:
    """Goes on until it is ended."""

    is_going_on = False

    async def __call__(self):
        self.is_going_on = True
        try:
            await asyncio.Event().wait()
        finally:
            self.is_going_on = False


async def fail():
    raise Failure


async def test_all_goes_on_until_what_is_done_meanwhile_is_over():
    one, other = Work(), Work()
    async with chores.going_on({"one": one(), "other": other()}):
        await until(lambda: one.is_going_on and other.is_going_on)
    assert not one.is_going_on
    assert not other.is_going_on


async def test_it_ends_as_well_where_that_fails():
    async def meanwhile():
        async with chores.going_on({"work": work()}):
            await until(lambda: work.is_going_on)
            raise Failure

    work = Work()
    with pytest.raises(Failure):
        await meanwhile()
    assert not work.is_going_on


async def test_what_ends_by_itself_is_told_and_the_rest_goes_on(caplog):
    work = Work()
    async with chores.going_on({"watcher of prod": fail(), "work": work()}):
        await until(lambda: "watcher of prod" in caplog.text)
        assert work.is_going_on
    assert "Failure" in caplog.text


async def test_what_the_database_does_not_take_is_complained_of_and_tried_again(caplog):
    async def work():
        tries.append(len(tries))
        if len(tries) < 3:
            raise DatabaseError

    tries = []
    async with chores.going_on({"writing": chores.again_and_again(work, 0, "Not written.")}):
        await until(lambda: len(tries) > 3)
    assert caplog.text.count("Not written.") == 2


async def test_another_failure_ends_it(caplog):
    async with chores.going_on({"writing": chores.again_and_again(fail, 0, "Not written.")}):
        await until(lambda: "What went on ended: writing" in caplog.text)
    assert "Not written." not in caplog.text


async def test_what_is_ended_is_not_told_of(caplog):
    async with chores.going_on({"work": Work()()}):
        await asyncio.sleep(0)
    assert not caplog.records
