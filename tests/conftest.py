"""Parts that many tests share: real servers, one per test process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.redis_server import RedisServer


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A server for this test process. Not for tests that stop it: they start their own."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """The URL of an empty Redis database."""
    redis_server.command("FLUSHALL")
    return redis_server.url


@pytest.fixture
def sqlite_path(tmp_path: Path) -> str:
    """Where a test may make an SQLite store."""
    return str(tmp_path / "slack-machine-state.db")
