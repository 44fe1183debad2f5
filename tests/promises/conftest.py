"""Two dashboards that share a database and a channel layer, their stores, and a stock bot."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.browser.dashboard import Dashboard
from tests.interop.conftest import ROOT, made_environment, stock_python
from tests.promises import history
from tests.promises.support import Support
from tests.promises.way import Way
from tests.redis_server import RedisServer

HASTY: Final = ("-m", "tests.promises.hasty_dashboard")
WRITER: Final = Path(__file__).parent / "stock_writer.py"
STOCK: Final = {
    "team": "machine.storage.backends.redis.RedisStorage",
    "file": "machine.storage.backends.sqlite.SQLiteStorage",
}

__all__ = ["stock_python"]  # a fixture, for the tests of this folder

Writing = Callable[..., AbstractAsyncContextManager["Writer"]]
SignIn = Callable[..., Support]


@pytest.fixture(scope="session")
def server_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bots-redis")


@pytest.fixture(scope="session")
def server(server_folder: Path) -> Iterator[RedisServer]:
    """The bot's Redis. What it has acknowledged is on the disk: it may be killed."""
    running = RedisServer(server_folder, "--appendonly", "yes", "--appendfsync", "always")
    running.start()
    yield running
    running.kill()


@pytest.fixture(scope="session")
def bots_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bot's SQLite file."""
    file = tmp_path_factory.mktemp("bots-file") / "bot.db"
    history.note_in_file(file)
    return file


@pytest.fixture(scope="session")
def way(server: RedisServer) -> Iterator[Way]:
    """How the dashboards reach that Redis; the bot does so directly."""
    opened = Way(server.port)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def urls(way: Way, bots_file: Path) -> dict[str, str]:
    """The stores as the dashboards have them."""
    return {"team": f"redis://127.0.0.1:{way.port}/0", "file": f"sqlite:///{bots_file}"}


@pytest.fixture(scope="session")
def layer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """The channel layer's Redis, which is not the bot's."""
    running = RedisServer(tmp_path_factory.mktemp("layer"))
    running.start()
    yield running
    running.kill()


@pytest.fixture(scope="session")
def pair(
    urls: dict[str, str], layer: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Dashboard, Dashboard]]:
    """Two dashboards with one database."""
    folder = tmp_path_factory.mktemp("pair")
    given = {"command": HASTY, "channel_layer_url": layer.url}
    first = Dashboard(folder, urls, name="first.log", **given)
    second = Dashboard(folder, urls, name="second.log", **given)
    yield first, second
    first.stop()
    second.stop()
    said = first.log.read_text() + second.log.read_text()
    assert "Internal Server Error" not in said, said


@pytest.fixture(scope="session")
def folder(pair: tuple[Dashboard, Dashboard]) -> Path:
    """Where the database of the two is."""
    return pair[0].folder


@pytest.fixture
async def sign_in(pair: tuple[Dashboard, Dashboard]) -> AsyncIterator[SignIn]:
    """Somebody with a role, at the first dashboard or (1) the second."""
    opened: list[Support] = []

    def sign_in(role: str, at: int = 0) -> Support:
        opened.append(Support(pair[at], pair[0].cookies_of(role)))
        return opened[-1]

    yield sign_in
    for one in opened:
        await one.close()


class Writer:
    """The process of a stock bot. `marks` are those of its acknowledged writes, when it is over."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.marks: list[str] = []

    async def stop(self) -> None:
        said, _ = await self.process.communicate(b"")  # which ends its input
        self.marks = json.loads(said)


@pytest.fixture
def writing(server: RedisServer, bots_file: Path) -> Writing:
    """A stock bot that writes to a store; the block begins when it does."""
    settings = {"team": {"REDIS_URL": server.url}, "file": {"SQLITE_PATH": str(bots_file)}}

    @asynccontextmanager
    async def writing(store: str, keys: int, name: str = "bot") -> AsyncIterator[Writer]:
        with (bots_file.parent / f"{name}.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *(str(made_environment()), str(WRITER)),
                *(STOCK[store], json.dumps(settings[store]), str(keys), name),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
            )
        assert process.stdout
        try:
            assert await process.stdout.readline() == b"begun\n"
            writer = Writer(process)
            yield writer
            await writer.stop()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    return writing
