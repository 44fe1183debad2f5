"""All stores of a process, watched from its start to its end."""

from dashboard import catalog, stores, watching
from storage_core import open_storage
from tests.waiting import until


async def test_every_store_is_watched_and_let_go_at_the_end(settings):
    settings.CUBBYHOLE_STORES = {"one": "memory://one", "two": "memory://two"}
    async with open_storage("memory://two") as bot, watching.run():
        await bot.set("acme.Karma:alice", b"1")
        await until(lambda: catalog.of("two").row("acme.Karma:alice"))
        assert catalog.of("one").progress.state == "ready"
        assert {store.status.state for store in stores.all_stores()} == {"up"}
        last = stores.get("two")
    assert not last.is_open
    assert catalog.of("two").totals().keys == 0


async def test_a_store_that_is_down_keeps_no_other_from_being_watched(settings):
    settings.CUBBYHOLE_STORES = {"gone": "redis://127.0.0.1:1/0", "here": "memory://"}
    async with watching.run():
        await until(lambda: catalog.of("here").progress.state == "ready")
        assert stores.get("gone").status.state == "down"
        assert catalog.of("gone").progress.state == "waiting"
