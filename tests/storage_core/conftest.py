"""Every backend, open and empty: a test that asks for `backend` runs once for each."""

from collections.abc import AsyncIterator, Callable

import pytest

from storage_core import BrowsableStorage
from storage_core.backends.memory import MemoryStorage
from storage_core.backends.redis import RedisStorage
from storage_core.backends.sqlite import SQLiteStorage

BACKENDS = ("memory", "sqlite", "redis")


@pytest.fixture(params=BACKENDS)
def make_backend(request: pytest.FixtureRequest) -> Callable[[], BrowsableStorage]:
    """Another storage over the same entries, not yet opened."""
    match request.param:
        case "memory":
            return lambda: MemoryStorage({"MEMORY_NAME": request.node.nodeid})
        case "sqlite":
            path = request.getfixturevalue("sqlite_path")
            return lambda: SQLiteStorage({"SQLITE_PATH": path})
        case _:
            url = request.getfixturevalue("redis_url")
            return lambda: RedisStorage({"REDIS_URL": url})


@pytest.fixture
async def backend(
    make_backend: Callable[[], BrowsableStorage],
) -> AsyncIterator[BrowsableStorage]:
    async with make_backend() as opened:
        yield opened


@pytest.fixture
async def another(
    backend: BrowsableStorage, make_backend: Callable[[], BrowsableStorage]
) -> AsyncIterator[BrowsableStorage]:
    """A second storage over the same entries, as a bot beside a dashboard has."""
    async with make_backend() as opened:
        yield opened
