"""Every backend, open and empty: a test that asks for `backend` runs once for each."""

from collections.abc import AsyncIterator, Callable, Iterator
from threading import Thread
from uuid import uuid4

import pytest
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from storage_core import BrowsableStorage
from storage_core.backends.dynamodb import DynamoDBStorage
from storage_core.backends.memory import MemoryStorage
from storage_core.backends.redis import RedisStorage
from storage_core.backends.sqlite import SQLiteStorage

BACKENDS = ("memory", "sqlite", "redis", "dynamodb")


@pytest.fixture(scope="session")
def dynamodb_url() -> Iterator[str]:
    """A DynamoDB of this test process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        # One request at a time: moto tests a condition and writes in two steps, DynamoDB in one.
        application = DomainDispatcherApplication(create_backend_app)
        server = make_server("127.0.0.1", 0, application, threaded=False)
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(params=BACKENDS)
def make_backend(request: pytest.FixtureRequest) -> Callable[[], BrowsableStorage]:
    """Another storage over the same entries, not yet opened."""
    match request.param:
        case "memory":
            return lambda: MemoryStorage({"MEMORY_NAME": request.node.nodeid})
        case "sqlite":
            path = request.getfixturevalue("sqlite_path")
            return lambda: SQLiteStorage({"SQLITE_PATH": path})
        case "dynamodb":
            settings = {
                "DYNAMODB_ENDPOINT_URL": request.getfixturevalue("dynamodb_url"),
                "DYNAMODB_TABLE_NAME": f"table-{uuid4()}",
                "DYNAMODB_REGION": "eu-central-1",
                "DYNAMODB_CREATE_TABLE": True,
                "DYNAMODB_POLL_SECONDS": 0.05,
            }
            return lambda: DynamoDBStorage(settings)
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
