"""A stock Slack Machine bot and us over the same store, in both directions."""

import json
import time

import pytest

from storage_core import BrowsableStorage, PluginStorage, open_storage
from storage_core.entries import Outcome
from tests.interop.conftest import RunStock
from tests.interop.plain_values import VALUES
from tests.storage_core.following import Follower
from tests.waiting import until

TRIES = 5
NAMESPACE = "acme.plugins.Example"
KINDS = ("sqlite", "redis")
STOCK = {
    "sqlite": "machine.storage.backends.sqlite.SQLiteStorage",
    "redis": "machine.storage.backends.redis.RedisStorage",
    "memory": "machine.storage.backends.memory.MemoryStorage",
}
OURS = {
    "sqlite": "storage_core.backends.sqlite.SQLiteStorage",
    "redis": "storage_core.backends.redis.RedisStorage",
    "memory": "storage_core.backends.memory.MemoryStorage",
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def settings(kind: str, request: pytest.FixtureRequest) -> str:
    """The bot's settings, as JSON."""
    if kind == "sqlite":
        return json.dumps({"SQLITE_PATH": request.getfixturevalue("sqlite_path")})
    return json.dumps({"REDIS_URL": request.getfixturevalue("redis_url")})


@pytest.fixture
def url(kind: str, settings: str) -> str:
    """The same store by its URL."""
    found = json.loads(settings)
    return f"sqlite://{found['SQLITE_PATH']}" if kind == "sqlite" else found["REDIS_URL"]


async def test_we_read_what_a_stock_bot_wrote(
    run_stock: RunStock, kind: str, settings: str, url: str
) -> None:
    run_stock("stock_bot.py", "write", STOCK[kind], settings)
    async with open_storage(url) as store:
        storage = PluginStorage(NAMESPACE, store)
        for key, value in VALUES.items():
            assert await storage.get(key) == value
            assert await storage.has(key)
        assert await storage.get("shared:key", shared=True) == {"by": "stock"}
        assert not await storage.has("deleted")


async def test_we_see_the_expiry_that_a_stock_bot_gave(
    run_stock: RunStock, kind: str, settings: str, url: str
) -> None:
    run_stock("stock_bot.py", "write", STOCK[kind], settings)
    async with open_storage(url) as store:
        assert isinstance(store, BrowsableStorage)
        entries = await store.describe(
            [f"{NAMESPACE}:{key}" for key in ("text", "expiring", "expiring by timedelta")]
        )
        moments = [entry and entry.expires_at for entry in entries]
        assert moments[0] is None
        assert moments[1:] == [pytest.approx(time.time() + 3600, abs=30)] * 2


async def test_a_stock_bot_reads_what_we_wrote(
    run_stock: RunStock, kind: str, settings: str, url: str
) -> None:
    run_stock("stock_bot.py", "write", STOCK[kind], settings)
    async with open_storage(url) as store:
        storage = PluginStorage(NAMESPACE, store)
        for key, value in VALUES.items():
            await storage.set(key, value, expires=3600)
        await storage.set("shared:key", {"by": "us"}, shared=True)
    answer = json.loads(run_stock("stock_bot.py", "read", STOCK[kind], settings))
    assert answer == {"wrong": [], "unknown": [], "shared": {"by": "us"}, "gone": False}


async def test_a_stock_bot_reads_what_we_edited(
    run_stock: RunStock, kind: str, settings: str, url: str
) -> None:
    run_stock("stock_bot.py", "write", STOCK[kind], settings)
    async with open_storage(url) as store:
        assert isinstance(store, BrowsableStorage)
        [value] = await store.fetch(["shared:key"])
        assert value is not None
        edited = value.data.replace(b"stock", b"staff")
        assert await store.compare_and_set("shared:key", value.data, edited) is Outcome.SAVED
    answer = json.loads(run_stock("stock_bot.py", "read", STOCK[kind], settings))
    assert answer["shared"] == {"by": "staff"}


async def test_our_feed_sees_a_stock_bot_in_another_process(
    run_stock: RunStock, kind: str, settings: str, url: str
) -> None:
    run_stock("stock_bot.py", "write", STOCK[kind], settings)
    async with open_storage(url) as store:
        assert isinstance(store, BrowsableStorage)
        async with Follower(store) as seen:
            wanted = {"shared:key", *(f"{NAMESPACE}:{key}" for key in VALUES)}
            for _ in range(TRIES):
                seen.forget()
                seen.gaps.clear()
                run_stock("stock_bot.py", "write", STOCK[kind], settings)
                # A feed may say that it lost count, upon which a watcher reads all again.
                await until(lambda: wanted <= set(seen.keys) or bool(seen.gaps))
                if wanted <= set(seen.keys):
                    return
            pytest.fail(f"a gap at each of {TRIES} tries, the last: {seen.gaps}")


@pytest.mark.parametrize("kind", [*KINDS, "memory"], indirect=False)
def test_stock_slack_machine_runs_on_our_backends(
    run_stock: RunStock, kind: str, tmp_path, redis_url: str
) -> None:
    settings = json.dumps({"SQLITE_PATH": str(tmp_path / "x.db"), "REDIS_URL": redis_url})
    run_stock("stock_bot.py", "write", OURS[kind], settings)
    if kind != "memory":  # which is gone with the process
        answer = json.loads(run_stock("stock_bot.py", "read", OURS[kind], settings))
        assert answer == {"wrong": [], "unknown": [], "shared": {"by": "stock"}, "gone": False}
        assert json.loads(run_stock("stock_bot.py", "read", STOCK[kind], settings)) == answer


def test_ours_is_right_for_two_tasks_at_once_where_stock_is_not(
    run_stock: RunStock, tmp_path
) -> None:
    settings = json.dumps({"SQLITE_PATH": str(tmp_path / "x.db")})
    assert json.loads(run_stock("stock_bot.py", "race", OURS["sqlite"], settings)) == 400
    assert json.loads(run_stock("stock_bot.py", "race", STOCK["sqlite"], settings)) < 400
