"""What was seen of keys is known before it is written down, and never twice."""

import pytest

from dashboard.audit.models import Sighting
from dashboard.audit.shared import shared_keys

TEAM = "team"


async def told(key=TEAM):
    """How often a key changed and when, as the audit has it."""
    known = {one.name: one for one in await shared_keys("prod")}[key]
    return known.changes, known.changed_at


async def test_a_change_that_waits_to_be_written_is_counted(scene):
    scene.write(TEAM)
    await scene.witness.flush()
    scene.write(TEAM)
    scene.write(TEAM)
    assert await told() == (3, scene.now)
    await scene.witness.flush()
    assert await told() == (3, scene.now)


async def test_a_new_key_is_known_before_it_is_written_down(scene):
    scene.write(TEAM)
    scene.write(TEAM)
    (known,) = await shared_keys("prod")
    assert (known.changes, known.sighting.first_seen.timestamp()) == (2, scene.now - 1)
    assert not await Sighting.objects.aexists()


@pytest.mark.parametrize("is_written", [True, False])
async def test_a_change_of_the_batch_that_is_being_written_is_counted_once(scene, is_written):
    scene.write(TEAM)
    batch = scene.unwritten.leave()
    if is_written:
        await scene.witness.write(batch)
    scene.write(TEAM)
    assert await told() == (2, scene.now)


async def test_a_batch_that_is_written_while_the_audit_is_read_is_counted(scene, monkeypatch):
    async def page(*args, **options):
        if not written:
            written.append(await scene.witness.flush())
        return await apage(*args, **options)

    written, apage = [], scene.catalog.apage
    monkeypatch.setattr(scene.catalog, "apage", page)
    scene.write(TEAM)
    assert await told() == (1, scene.now)


async def test_a_batch_that_could_not_be_written_waits_with_what_came_since(scene):
    scene.write(TEAM)
    scene.unwritten.leave()
    scene.write(TEAM, "flags")
    scene.remove(TEAM)
    scene.unwritten.stay()
    await scene.witness.flush()
    written = {one.stored_key: one async for one in Sighting.objects.all()}
    assert (written[TEAM].changes, written["flags"].changes) == (3, 1)
    assert written[TEAM].first_seen.timestamp() == scene.now - 2
    assert written[TEAM].removed_at.timestamp() == scene.now
