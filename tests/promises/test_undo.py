"""Undo works: 200 random operations, half on Redis and half on SQLite, undone one after the other,
give back each state byte for byte, with the time to live that remained.
"""

import random
import time

import pytest
from asgiref.sync import sync_to_async
from django.db.models import Q

from dashboard import operations
from dashboard.access import people, rights_of
from dashboard.journal import queries
from dashboard.web.restoring import expiry_for, states_of
from storage_core.entries import Outcome, StoredValue
from tests.promises.scale import TIMES
from tests.promises.test_expiry import bot

__all__ = ["bot"]  # a fixture

pytestmark = pytest.mark.django_db(transaction=True)

OPERATIONS = 100 * TIMES  # on each of the two
KEYS = ["a", "acme.plugins.karma.Karma:b", "acme.plugins.karma.Karma:\udcff c", "x" * 300, ""]


def value(chance: random.Random) -> bytes:
    """Bytes that nothing makes in just this way: with no frame, at odd protocols."""
    text = str(chance.randrange(10**12)).encode()
    return chance.choice([b"\x80\x04\x8c%c%s." % (len(text), text), b"I%s\n." % text])


async def change(chance: random.Random, mina, key: str, present: StoredValue | None):
    """One change that is possible now."""
    expires = chance.choice([None, 3000.0, 90_000.0])
    if present is None:
        return await operations.create(mina, "prod", key, value(chance), expires)
    deed = chance.choice(["edit", "edit", "delete", "expire"])
    if deed == "delete":
        return await operations.delete(mina, "prod", key, present.data)
    if deed == "expire":
        return await operations.change_expiry(mina, "prod", key, present.data, expires)
    return await operations.edit(mina, "prod", key, present.data, value(chance))


def is_as(found: StoredValue | None, wanted: StoredValue | None, since: float) -> bool:
    """The same bytes, and what remained at that time remains now, within a second or two."""
    if found is None or wanted is None:
        return found is wanted
    if found.expires_at is None or wanted.expires_at is None:
        return found.data == wanted.data and found.expires_at is wanted.expires_at
    remained, remains = wanted.expires_at - since, found.expires_at - time.time()
    return found.data == wanted.data and abs(remained - remains) <= 2


async def test_two_hundred_operations_are_undone_one_after_the_other(bot):
    chance = random.Random(16)
    user = await sync_to_async(people.add_person)("mina", "maintainer")
    mina = operations.Person(user, await rights_of(user))
    done = []
    for _ in range(OPERATIONS):
        key = chance.choice(KEYS)
        (present,) = await bot.fetch([key])
        moment = time.time()
        result = await change(chance, mina, key, present)
        assert result.outcome is Outcome.SAVED
        done.append((key, present, moment, result.entry.pk))
    for key, wanted, since, number in reversed(done):
        row = await queries.line(number, Q())
        state = states_of(row)[0]
        (present,) = await bot.fetch([key])
        expires = expiry_for(state, "remaining", present, time.time())
        held = present and present.data
        await operations.restore(mina, "prod", key, held, state.data, expires=expires)
        (found,) = await bot.fetch([key])
        assert is_as(found, wanted, since), (key, wanted, found)
