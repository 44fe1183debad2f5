"""A cast of people and two stores in memory, with the watchers running as in the server."""

import pickle
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient

from dashboard import catalog, reading, stores, watching
from dashboard.access import people
from dashboard.stores import Store
from tests.waiting import until

KARMA = "acme.plugins.karma.Karma"
STANDUP = "acme.plugins.standup.Standup"
DAILY = f"{STANDUP}:standup:2026-11-24"
VALUES: dict[str, Any] = {
    f"{KARMA}:U02MINA": 17,
    f"{KARMA}:U03JON": 4,
    DAILY: {"team": "platfrom", "answers": {"U03JON": None, "U07AYA": "on leave"}, "open": True},
    "rbac:role:admin": ["U02MINA"],
}
ROLES = ("reader", "editor", "admin")

Write = Callable[..., Awaitable[None]]


@pytest.fixture
async def prod(settings: Any, transactional_db: None) -> AsyncIterator[Store]:
    """The store `prod`, filled as a bot fills it; beside it `locked`, which is read-only."""
    # A named memory store lives as long as the process: each test has one of its own.
    name = secrets.token_hex(8)
    settings.CUBBYHOLE_STORES = {"prod": f"memory://{name}", "locked": f"memory://{name}2?mode=ro"}
    async with reading.run(), watching.run():
        store = stores.get("prod")
        for key, value in VALUES.items():
            await store.backend.set(key, pickle.dumps(value, 4))
        await known(*VALUES)
        yield store


async def known(*keys: str) -> None:
    """Wait until the catalog knows these keys and how large they are."""
    found = catalog.of("prod")
    await until(lambda: all((row := found.row(key)) and row.size is not None for key in keys))


@pytest.fixture
def write(prod: Store) -> Write:
    """Store a value as a bot would, and wait until that change was seen."""

    async def written(key: str, value: Any, expires: int | None = None) -> None:
        found = catalog.of("prod")
        before = found.row(key)
        last = before.changed_at if before else None
        data = value if isinstance(value, bytes) else pickle.dumps(value, 4)
        await prod.backend.set(key, data, expires)
        await until(lambda: (row := found.row(key)) is not None and row.changed_at != last)
        await known(key)

    return written


async def signed_in(name: str, role: str | None) -> AsyncClient:
    person = await sync_to_async(people.add_person)(name, role or "reader")
    if role is None:
        await person.grants.all().adelete()
    client = AsyncClient()
    await client.aforce_login(person)
    return client


@pytest.fixture
async def cast(transactional_db: None) -> dict[str, AsyncClient]:
    """A browser of each kind of person; `nobody` is signed in but has no role."""
    browsers = {role: await signed_in(role, role) for role in ROLES}
    return browsers | {"signed out": AsyncClient(), "nobody": await signed_in("nobody", None)}


@pytest.fixture
def reader(cast: dict[str, AsyncClient]) -> AsyncClient:
    return cast["reader"]


@pytest.fixture
def editor(cast: dict[str, AsyncClient]) -> AsyncClient:
    return cast["editor"]
