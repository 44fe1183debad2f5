"""Findings about space and time."""

KARMA = "acme.plugins.karma.Karma"


async def test_entries_that_should_be_gone_are_found(scene):
    scene.write(f"{KARMA}:a", expires_at=scene.now - 300)
    scene.write(f"{KARMA}:b", expires_at=scene.now - 1)
    scene.write(f"{KARMA}:c")
    (found,) = await scene.find("overdue")
    assert found.title == "Karma: 1 entry expired and still stored"
    assert found.namespace == KARMA


def grow(scene, expires_at=None):
    scene.write(*(f"{KARMA}:old{n}" for n in range(50)), expires_at=expires_at)
    scene.now += 1200
    scene.write(*(f"{KARMA}:new{n}" for n in range(20)), expires_at=expires_at)


async def test_a_plugin_that_gets_keys_for_ever_and_loses_none_only_grows(scene):
    grow(scene)
    (found,) = await scene.find("only-growing")
    assert found.title == "Karma only grows"
    assert found.evidence[0].text == "20 keys more in 20 minutes, none removed"


async def test_a_plugin_that_removes_keys_does_not_only_grow(scene):
    grow(scene)
    scene.remove(f"{KARMA}:old1")
    assert await scene.find("only-growing") == []


async def test_a_plugin_whose_keys_expire_does_not_only_grow(scene):
    grow(scene, expires_at=scene.now + 86_400)
    assert await scene.find("only-growing") == []


async def test_growth_is_judged_after_some_time_only(scene):
    scene.write(*(f"{KARMA}:old{n}" for n in range(90)))
    scene.now += 60
    assert await scene.find("only-growing") == []


async def test_the_largest_values_are_found_the_largest_first(scene):
    for number in range(9):
        scene.write(f"{KARMA}:big{number}", size=100_000 + number)
    scene.write("team", size=2_000_000)
    scene.write("small", size=1000)
    found = await scene.find("large")
    assert [one.subject for one in found] == ["team"] + [f"{KARMA}:big{n}" for n in (8, 7, 6, 5)]
    assert found[0].severity.name == "CARE"


async def test_a_plugin_that_takes_much_new_space_grows_fast(scene):
    scene.write("acme.plugins.polls.Polls:calm", size=1_000_000)
    scene.write(f"{KARMA}:log", size=20_000)
    scene.now += 300
    scene.write(f"{KARMA}:log", size=60_000)
    (found,) = await scene.find("fast-growing")
    assert found.title == "Karma grows fast"
    assert found.evidence[0].text == "40,000 bytes and 0 keys more in 5 minutes"


async def test_a_value_that_is_only_added_to_keeps_growing(scene):
    scene.look(f"{KARMA}:log", size=3000)
    scene.look(f"{KARMA}:log", size=9000)
    (found,) = await scene.find("growing-value")
    assert found.evidence[0].text == "from 3,000 to 9,000 bytes"


async def test_shared_keys_that_two_plugins_report_to_write_are_found(scene):
    scene.write(
        "team",
        f"cubbyhole.Writers:{KARMA}:team",
        "cubbyhole.Writers:acme.plugins.polls.Polls:team",
        f"cubbyhole.Writers:{KARMA}:rbac:role:admin",
    )
    (found,) = await scene.find("several-writers")
    assert found.title == "team is written by 2 plugins"
    assert [one.text for one in found.evidence] == [
        "acme.plugins.karma.Karma",
        "acme.plugins.polls.Polls",
    ]


async def test_two_writers_of_a_key_that_looks_private_are_told_to_whoever_may_know_its_plugin(
    scene,
):
    key = f"{KARMA}:U1"
    scene.write(key, f"cubbyhole.Writers:{KARMA}:{key}", f"cubbyhole.Writers:acme.Polls:{key}")
    (found,) = await scene.find("several-writers")
    assert found.namespace == KARMA
