"""A store whose history is kept, as the server does it."""

import secrets

import pytest

from dashboard import catalog, history, stores, watching
from dashboard.history import marking
from dashboard.history.marking import Bounds
from dashboard.history.models import Version
from dashboard.history.places import Scope
from tests.waiting import until

SHARED = Scope(None)
KARMA = "acme.plugins.karma.Karma"
TEAM = "team:name"


def bounds(**given) -> Bounds:
    return Bounds(**{"versions": 50, "octets": 1_000_000, "largest": 1000, "days": 90} | given)


@pytest.fixture
async def bot(settings, transactional_db):
    """The backend as a bot has it; its store is watched."""
    settings.CUBBYHOLE_STORES = {"prod": f"memory://{secrets.token_hex(8)}"}
    async with watching.run():
        await until(lambda: catalog.of("prod").progress.state == "ready")
        yield stores.get("prod").backend


@pytest.fixture
def tables(transactional_db):
    """The dashboard's own database."""


@pytest.fixture(params=["sqlite", "redis"])
def store_url(request, tmp_path):
    """A store that a bot has connections of its own to."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'bot.db'}?create=1"
    return request.getfixturevalue("redis_url")


@pytest.fixture
async def kept(bot):
    """The same, with a keeper."""
    async with history.run():
        yield bot


async def mark(scope: Scope = SHARED, **given):
    return await marking.begin("prod", scope, bounds(**given), "lea")


async def versions(key: str = TEAM) -> list[bytes | str]:
    """What is kept of a key, oldest first: bytes, or the state of what has none."""
    found = Version.objects.filter(store="prod", key=key.encode()).order_by("number")
    return [one.state if one.data is None else bytes(one.data) async for one in found]


async def when(*wanted: bytes | str, key: str = TEAM) -> None:
    """Wait until exactly this is kept of a key."""

    async def is_so() -> bool:
        return await versions(key) == list(wanted)

    await until(is_so)
