"""Each change by a person can be undone, on each kind of store: to the byte, with its expiry."""

import random
import time

import pytest
from asgiref.sync import sync_to_async

from dashboard import operations, reading, stores
from dashboard.access import people, rights_of
from dashboard.journal import queries
from dashboard.web.restoring import expiry_for, states_of
from storage_core.entries import Outcome

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "acme.plugins.karma.Karma:\udcff coffee"
VALUES = [b"\x80\x04K%c." % number for number in range(8)]
CHANGES = 12


@pytest.fixture(params=["memory", "sqlite", "redis"])
async def store(request, settings, tmp_path):
    url = {
        "memory": lambda: "memory://",
        "sqlite": lambda: f"sqlite:///{tmp_path}/bot.db?create=1",
        "redis": lambda: request.getfixturevalue("redis_url"),
    }[request.param]()
    settings.CUBBYHOLE_STORES = {"prod": url}
    async with reading.run():
        await stores.open_all()
        yield stores.get("prod").browsable
        await stores.close_all()


async def change_at_random(chance, mina, present) -> operations.Result:
    """One change that is possible now."""
    expires = chance.choice([None, 500.0, 5000.0])
    if present is None:
        return await operations.create(mina, "prod", KEY, chance.choice(VALUES), expires)
    deed = chance.choice(["edit", "delete", "expire"])
    if deed == "delete":
        return await operations.delete(mina, "prod", KEY, present.data)
    if deed == "expire":
        return await operations.change_expiry(mina, "prod", KEY, present.data, expires)
    return await operations.edit(mina, "prod", KEY, present.data, chance.choice(VALUES))


def is_as(found, wanted) -> bool:
    """Whether a key is as it was: the bytes exactly, the expiry within a second."""
    if found is None or wanted is None:
        return found is wanted
    ends = [found.expires_at, wanted.expires_at]
    same_end = ends[0] is ends[1] if None in ends else abs(ends[0] - ends[1]) <= 1
    return found.data == wanted.data and same_end


@pytest.mark.parametrize("seed", range(3))
async def test_a_row_of_changes_is_undone_step_by_step(store, seed):
    chance = random.Random(seed)
    user = await sync_to_async(people.add_person)("mina", "admin")
    mina = operations.Person(user, await rights_of(user))
    passed = []
    for _ in range(CHANGES):
        (present,) = await store.fetch([KEY])
        result = await change_at_random(chance, mina, present)
        assert result.outcome is Outcome.SAVED
        passed.append((present, result.entry.pk))
    for wanted, number in reversed(passed):
        (row,) = [row for row in await queries.for_key("prod", KEY) if row.id == number]
        state = states_of(row)[0]
        (present,) = await store.fetch([KEY])
        held = present and present.data
        expires = expiry_for(state, "moment", present, time.time())
        await operations.restore(mina, "prod", KEY, held, state.data, expires=expires)
        (found,) = await store.fetch([KEY])
        assert is_as(found, wanted)
