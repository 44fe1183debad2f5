"""A drift is seen but once, and is not forgotten when the dashboard starts anew."""

import pytest

from dashboard.findings.drifts import Drifts
from dashboard.findings.looks import Looks
from dashboard.findings.models import DriftSeen, KindSeen
from tests.dashboard.findings.conftest import NOON

KEY = "acme.plugins.karma.Karma:U1"
pytestmark = pytest.mark.django_db(transaction=True)


async def drift(scene, key=KEY):
    scene.look(key, "dict")
    scene.look(key, "list")
    await Drifts("prod", scene.looks).flush()


async def start_anew(scene, store="prod"):
    """What a new process knows."""
    scene.looks = Looks()
    await Drifts(store, scene.looks).recall()


async def test_a_drift_is_found_again_after_a_start(scene):
    await drift(scene)
    await start_anew(scene)
    assert await scene.find("drift") == []  # what the value is now has to be seen first
    scene.look(KEY, "list")
    (found,) = await scene.find("drift")
    assert found.basis[:2] == ("dict", "list")
    assert scene.looks.get(KEY).drift.at == NOON


async def test_a_value_that_was_looked_at_before_the_drifts_came_gets_its_own(scene):
    await drift(scene)
    scene.looks = Looks()
    scene.look(KEY, "list")
    await Drifts("prod", scene.looks).recall()
    assert len(await scene.find("drift")) == 1


async def test_what_is_seen_since_is_not_overruled_by_what_was_kept(scene):
    await drift(scene)
    await start_anew(scene)
    scene.look(KEY, "list")
    scene.look(KEY, "str")
    await Drifts("prod", scene.looks).recall()
    assert scene.looks.get(KEY).drift.before == "list"


async def test_a_key_that_is_removed_takes_its_drift_along(scene):
    await drift(scene)
    await start_anew(scene)
    scene.looks.discard(KEY)
    await Drifts("prod", scene.looks).flush()
    assert not await DriftSeen.objects.aexists()


async def test_a_value_that_stays_what_it_was_leaves_nothing(scene):
    scene.look(KEY, "dict")
    scene.look(KEY, "dict")
    await Drifts("prod", scene.looks).flush()
    assert not await DriftSeen.objects.aexists()


async def test_each_store_has_its_own(scene):
    await drift(scene)
    await start_anew(scene, "other")
    scene.look(KEY, "list")
    assert await scene.find("drift") == []


async def test_a_key_of_any_bytes_is_kept(scene):
    key = "acme.plugins.karma.Karma:\udcff\udcfe"
    await drift(scene, key)
    await start_anew(scene)
    assert list(scene.looks.recalled) == [key]


async def test_only_the_newest_are_kept(scene, monkeypatch):
    monkeypatch.setattr("dashboard.findings.drifts.MOST_KEPT", 2)
    for number in range(3):
        scene.now += 1
        await drift(scene, f"{KEY}{number}")
    await start_anew(scene)
    assert set(scene.looks.recalled) == {f"{KEY}1", f"{KEY}2"}
    assert await DriftSeen.objects.acount() == 2


async def test_of_several_processes_the_first_says_when_it_was(scene):
    await drift(scene)
    first, scene.looks, scene.now = scene.looks, Looks(), NOON + 7
    await drift(scene)
    assert scene.looks.get(KEY).drift == first.get(KEY).drift


async def test_the_same_drift_at_another_time_is_another(scene):
    await drift(scene)
    scene.looks, scene.now = Looks(), NOON + 3600
    await drift(scene)
    assert (await DriftSeen.objects.aget()).at.timestamp() == NOON + 3600


async def test_a_value_that_became_another_kind_while_nobody_looked_has_drifted(scene):
    scene.look(KEY, "str")
    await Drifts("prod", scene.looks).flush()
    await start_anew(scene)
    scene.look(KEY, "dict")
    (found,) = await scene.find("drift")
    assert found.basis[:2] == ("str", "dict")


async def test_it_has_drifted_as_well_where_it_was_looked_at_before_its_past_was_known(scene):
    scene.look(KEY, "str")
    await Drifts("prod", scene.looks).flush()
    scene.looks = Looks()
    scene.look(KEY, "dict")
    await Drifts("prod", scene.looks).recall()
    assert len(await scene.find("drift")) == 1
    await Drifts("prod", scene.looks).flush()
    assert (await DriftSeen.objects.aget()).kind == "str"
    assert (await KindSeen.objects.aget()).kind == "dict"


async def test_a_value_that_could_not_be_read_in_between_has_drifted(scene):
    scene.look(KEY, "str")
    scene.look(KEY, None, why="It ends too early.")
    assert await scene.find("drift") == []
    scene.look(KEY, "dict")
    (found,) = await scene.find("drift")
    assert found.basis[:2] == ("str", "dict")


async def test_what_is_stored_anew_under_a_name_that_was_removed_has_not_drifted(scene):
    scene.look(KEY, "str")
    await Drifts("prod", scene.looks).flush()
    scene.looks.discard(KEY)
    await Drifts("prod", scene.looks).flush()
    assert not await KindSeen.objects.aexists()
    scene.look(KEY, "dict")
    assert await scene.find("drift") == []


async def test_the_kinds_seen_last_are_kept_only(scene, monkeypatch):
    monkeypatch.setattr("dashboard.findings.drifts.MOST_KINDS", 2)
    for number in range(3):
        scene.look(f"{KEY}{number}")
        await Drifts("prod", scene.looks).flush()
    await start_anew(scene)
    assert set(scene.looks.kinds) == {f"{KEY}1", f"{KEY}2"}


async def test_a_value_that_grows_slowly_is_found_although_the_dashboard_starts_anew(scene):
    for size in (3000, 5000, 9000):
        await start_anew(scene)
        scene.look(KEY, "list", size=size)
        await Drifts("prod", scene.looks).flush()
    (found,) = await scene.find("growing-value")
    assert found.evidence[0].text == "from 3,000 to 9,000 bytes"


async def test_a_kind_of_an_older_version_gets_its_first_size(scene):
    scene.look(KEY, "list", size=3000)
    await Drifts("prod", scene.looks).flush()
    await KindSeen.objects.aupdate(first_size=None)
    await start_anew(scene)
    scene.look(KEY, "list", size=4000)
    await Drifts("prod", scene.looks).flush()
    assert (await KindSeen.objects.aget()).first_size == 4000
