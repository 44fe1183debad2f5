"""What the watcher sees of keys lasts."""

from dashboard.audit import sightings, unwritten
from dashboard.audit.models import Sighting
from dashboard.keyed import digest_of_key

KARMA = "acme.plugins.karma.Karma"
KEY = f"{KARMA}:U1"


async def one(key=KEY):
    return await Sighting.objects.aget(key_digest=digest_of_key(key))


async def test_changes_are_counted_and_dated(scene):
    for _ in range(3):
        scene.write(KEY)
    await scene.witness.flush()
    sighting = await one()
    assert sighting.changes == 3
    assert sighting.last_changed.timestamp() == scene.now
    assert sighting.first_seen.timestamp() == scene.now - 2
    assert not sighting.is_shared


async def test_counting_goes_on_after_a_batch_and_after_a_restart(scene):
    scene.write(KEY)
    await scene.witness.flush()
    scene.write(KEY)
    await scene.witness.flush()
    scene.catalog.listeners.clear()
    restarted = scene.another()
    scene.write(KEY)
    await restarted.flush()
    sighting = await one()
    assert sighting.changes == 3
    assert sighting.first_seen.timestamp() == scene.now - 2


async def test_several_processes_do_not_count_twice(scene):
    other = scene.another()
    for _ in range(5):
        scene.write(KEY)
        await scene.witness.flush()
        await other.flush()
    assert (await one()).changes in (5, 6)


async def test_a_key_that_is_gone_is_marked_and_back_when_it_is_written(scene):
    scene.write(KEY)
    scene.remove(KEY)
    await scene.witness.flush()
    assert (await one()).removed_at is not None
    scene.write(KEY)
    await scene.witness.flush()
    assert (await one()).removed_at is None


async def test_keys_that_were_not_seen_changing_have_none_but_shared_ones_do(scene):
    scene.catalog.listeners.clear()
    scene.write(KEY, "team")
    scene.catalog.report(state="ready")
    await scene.witness.introduce()
    assert [row.stored_key async for row in Sighting.objects.all()] == ["team"]
    assert (await one("team")).changes == 0


async def test_a_key_of_any_bytes_is_kept(scene):
    scene.write("caf\udce9\x00")
    await scene.witness.flush()
    assert (await one("caf\udce9\x00")).is_shared


async def test_a_burst_is_written_in_batches(scene, monkeypatch):
    monkeypatch.setattr(unwritten, "TOGETHER", 3)
    scene.write(*(f"k{number}" for number in range(7)))
    await scene.witness.flush()
    assert await Sighting.objects.acount() == 3
    await scene.witness.flush()
    await scene.witness.flush()
    assert await Sighting.objects.acount() == 7


async def test_more_waiting_keys_than_can_be_held_are_left_out(scene, monkeypatch):
    monkeypatch.setattr(unwritten, "MOST_WAITING", 2)
    scene.write("a", "b", "c")
    assert set(scene.unwritten.waiting) == {"a", "b"}


async def test_of_plugins_own_keys_only_so_many_are_kept(scene, monkeypatch):
    monkeypatch.setattr(sightings, "MOST_KEPT", 2)
    scene.write("team")
    for number in range(4):
        scene.write(f"{KARMA}:{number}")
    await scene.witness.flush()
    scene.now += sightings.TIDY
    await scene.witness.tidy()
    left = {row.stored_key async for row in Sighting.objects.all()}
    assert left == {"team", f"{KARMA}:2", f"{KARMA}:3"}


async def test_whoever_listens_hears_of_each_batch(scene):
    scene.write(KEY)
    await scene.witness.flush()
    assert scene.told[0][KEY].count == 1
