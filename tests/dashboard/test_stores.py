"""Stores from the settings: their names, what is told of them, and one backend per event loop."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from dashboard import stores
from dashboard.stores import StoreConfig, UnknownStore


@pytest.fixture
async def configure(settings):
    """Configure stores for this test's event loop."""

    def configure(**urls):
        settings.CUBBYHOLE_STORES = urls

    yield configure
    await stores.close_all()


@pytest.mark.parametrize("name", ["journal", "static", "live", "Prod", "a/b", "-a", "", "ä"])
def test_it_refuses_a_name_that_cannot_be_an_address(name):
    with pytest.raises(ImproperlyConfigured):
        StoreConfig.parse(name, "memory://")


@pytest.mark.parametrize(
    ("url", "label"),
    [
        ("sqlite:////srv/bot/my%20bot.db", "SQLite · my bot.db"),
        ("redis://user:secret@example.org/2?prefix=SM", "Redis · example.org:6379/2"),
        ("redis://:secret@[::1]:7000", "Redis · [::1]:7000/0"),
        ("rediss://example.org:6380/0", "Redis with TLS · example.org:6380/0"),
        ("redis+sentinel://:pw@a:1,b:2/mymaster/0", "Redis Sentinel · a:1,b:2/mymaster/0"),
        ("unix:///run/redis.sock", "Redis · redis.sock"),
        ("dynamodb://slack-machine-state?region=x", "DynamoDB · slack-machine-state"),
        ("memory://", "Memory"),
        ("class:acme.storage.Etcd?TOKEN=secret", "Etcd · a backend of your own"),
    ],
)
def test_its_label_says_where_it_is_without_secrets(url, label):
    assert StoreConfig.parse("prod", url).label == label


def test_it_knows_that_it_was_opened_for_reading_only():
    assert StoreConfig.parse("prod", "redis://host/0?prefix=SM&mode=ro").read_only
    assert not StoreConfig.parse("prod", "redis://host/0?prefix=mode=ro").read_only


async def test_a_store_is_found_by_name(configure):
    configure(first="memory://", second="memory://")
    await stores.open_all()
    assert [store.name for store in stores.all_stores()] == ["first", "second"]
    assert stores.get("second").browsable is stores.get("second").backend
    with pytest.raises(UnknownStore):
        stores.get("third")


async def test_a_url_that_names_no_backend_is_refused_at_the_start(configure):
    configure(prod="gopher://host")
    with pytest.raises(ImproperlyConfigured, match="prod"):
        await stores.open_all()


async def test_a_store_that_cannot_be_reached_is_down_and_no_error(configure):
    configure(prod="redis://127.0.0.1:1/0", other="memory://")
    await stores.open_all()
    assert stores.get("prod").status.state == "down"
    assert stores.get("prod").status.reason


async def test_being_down_is_dated_from_its_beginning(configure):
    configure(prod="memory://")
    store = stores.get("prod")
    store.is_down("first")
    since = store.status.since
    store.is_down("still")
    assert (store.status.since, store.status.reason) == (since, "still")
