"""Expiry is kept, and nothing is resurrected: 0 of 1,000 races of a save with an expiring key, and
an expiry that is kept drifts by no more than a second. On Redis and on SQLite, by operations.
"""

import asyncio
import random
import time
from collections import Counter

import pytest
from asgiref.sync import sync_to_async

from dashboard import operations, reading, stores
from dashboard.access import people, rights_of
from storage_core import open_storage
from storage_core.entries import Outcome
from tests.promises.scale import TIMES

pytestmark = pytest.mark.django_db(transaction=True)

RACES = 500 * TIMES  # on each of the two
TOGETHER = 125
OLD, NEW = (b"\x80\x04\x8c\x03%s\x94." % word for word in (b"old", b"new"))


@pytest.fixture(params=["redis", "sqlite"])
async def bot(request, settings, tmp_path):
    """The bot's own way to the store `prod`."""
    urls = {"sqlite": f"sqlite:///{tmp_path}/bot.db?create=1"}
    url = urls.get(request.param) or request.getfixturevalue("redis_url")
    settings.CUBBYHOLE_STORES = {"prod": url}
    async with open_storage(url) as backend, reading.run():
        await stores.open_all()
        yield backend
        await stores.close_all()


@pytest.fixture
async def mina(bot) -> operations.Person:
    user = await sync_to_async(people.add_person)("mina", "support")
    return operations.Person(user, await rights_of(user))


async def race(bot, mina, number: int, chance: random.Random) -> tuple[str, Outcome]:
    """Save a value at about the moment when it expires."""
    key = f"race:{number}"
    await bot.set(key, OLD, 1)
    await asyncio.sleep(chance.uniform(0.85, 1.0))
    return key, (await operations.edit(mina, "prod", key, OLD, NEW)).outcome


async def test_a_save_at_the_moment_of_expiry_brings_nothing_back(bot, mina):
    chance = random.Random(8)
    ends: list[tuple[str, Outcome]] = []
    for start in range(0, RACES, TOGETHER):
        some = [race(bot, mina, number, chance) for number in range(start, start + TOGETHER)]
        ends += await asyncio.gather(*some)
    await asyncio.sleep(1.1)
    assert [key for key, _ in ends if await bot.has(key)] == []
    counted = Counter(outcome for _, outcome in ends)
    assert set(counted) == {Outcome.SAVED, Outcome.GONE}, counted
    assert min(counted.values()) > RACES / 50, counted


async def test_an_expiry_that_is_kept_does_not_drift(bot, mina):
    await bot.set("kept", OLD, 1000)
    ends = time.time() + 1000
    present, other = OLD, NEW
    for _ in range(100):
        result = await operations.edit(mina, "prod", "kept", present, other)
        assert result.outcome is Outcome.SAVED
        present, other = other, present
    (found,) = await bot.describe(["kept"])
    assert abs(found.expires_at - ends) <= 1
