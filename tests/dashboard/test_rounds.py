"""Work that many ask for at once: a round for all of them, which begins after they asked."""

import asyncio
import gc
from contextvars import ContextVar, copy_context

import pytest

from dashboard.rounds import Rounds

WHO = ContextVar("who", default="nobody")


class Failure(Exception):
    pass


class Work:
    """Counts its rounds; each waits until it `may_end`."""

    def __init__(self):
        self.begun = 0
        self.may_end = asyncio.Event()

    async def __call__(self):
        self.begun += 1
        number = self.begun
        await self.may_end.wait()
        return number


@pytest.fixture
def rounds():
    return Rounds("rounds of a test")


@pytest.fixture
def work():
    return Work()


async def fail():
    raise Failure


async def a_turn():
    """Lets what was started begin."""
    await asyncio.sleep(0)


async def test_all_who_ask_in_the_same_moment_share_a_round(rounds, work):
    work.may_end.set()
    assert await asyncio.gather(*(rounds.join("list", work) for _ in range(100))) == [1] * 100


async def test_all_who_come_during_a_round_share_the_next_one(rounds, work):
    first = rounds.join("list", work)
    await a_turn()
    later = [rounds.join("list", work) for _ in range(3)]
    await a_turn()
    assert work.begun == 1
    work.may_end.set()
    assert await asyncio.gather(first, *later) == [1, 2, 2, 2]


async def test_other_work_does_not_wait(rounds, work):
    rounds.join("list", work)
    rounds.join("another list", work)
    await a_turn()
    assert work.begun == 2


async def test_an_error_is_told_to_all_who_wait_and_to_nobody_after_them(rounds, work):
    failed = await asyncio.gather(
        *(rounds.join("list", fail) for _ in range(2)), return_exceptions=True
    )
    assert [type(error) for error in failed] == [Failure, Failure]
    work.may_end.set()
    assert await rounds.join("list", work) == 1


async def test_who_goes_away_leaves_the_round_to_the_others(rounds, work):
    gone, stays = (asyncio.ensure_future(asyncio.shield(rounds.join("list", work))) for _ in "ab")
    await a_turn()
    gone.cancel()
    work.may_end.set()
    assert await stays == 1


async def test_an_error_that_nobody_waits_for_is_not_complained_of(rounds):
    complaints = []
    asyncio.get_running_loop().set_exception_handler(lambda _, said: complaints.append(said))
    await asyncio.wait([rounds.join("list", fail)])
    gc.collect()
    assert not complaints


async def test_nothing_is_kept_of_what_is_over(rounds, work):
    work.may_end.set()
    await rounds.join("list", work)
    assert (rounds.running, rounds.coming) == ({}, {})


async def test_a_round_runs_in_the_context_that_it_is_given():
    def context():
        made = copy_context()
        made.run(WHO.set, "the desk")
        return made

    async def who():
        return WHO.get()

    WHO.set("the first who asks")
    assert await Rounds("one", context).join("who", who) == "the desk"
    assert await Rounds("other").join("who", who) == "the first who asks"
