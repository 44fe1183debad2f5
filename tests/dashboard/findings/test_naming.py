"""Keys that are spelled like another's, and plugins that are gone."""

import pytest

KARMA = "acme.plugins.karma.Karma"
OLD_KARMA = "acme.old.karma.Karma"


@pytest.fixture
def karma(scene):
    scene.write(*(f"{KARMA}:karma:U{n}" for n in range(9)))
    return scene


async def test_a_lone_key_of_an_unknown_plugin_may_be_a_shared_one(karma):
    karma.write("release.notes:latest", "rbac:role:admin")
    (found,) = await karma.find("collision")
    assert found.subject == "release.notes"
    assert found.evidence[0].stored_key == "release.notes:latest"
    assert "release.notes:latest" not in found.title
    assert found.severity.name == "CARE"


async def test_the_only_key_of_what_is_spelled_like_a_class_is_a_note(karma):
    karma.write("acme.plugins.oncall.OnCall:rota")
    (found,) = await karma.find("collision")
    assert found.severity.name == "NOTE"


async def test_a_lone_key_of_a_plugin_that_the_bot_has_is_no_collision(karma):
    karma.write("acme.plugins.oncall.OnCall:rota")
    assert await karma.find("collision", [KARMA, "acme.plugins.oncall"]) == []


async def test_keys_of_what_is_no_plugin_of_the_bot_collide_however_many(karma):
    karma.write("release.notes:latest", "release.notes:next")
    (found,) = await karma.find("collision", [KARMA])
    assert found.subject == "release.notes"


async def test_a_plugin_that_is_not_configured_any_more_is_gone(scene):
    scene.write("acme.plugins.polls.Polls:lunch", "acme.plugins.polls.Polls:offsite")
    (found,) = await scene.find("orphan", [KARMA])
    assert found.title == "Polls is gone, its keys are not"
    assert [one.stored_key for one in found.evidence][:1] == ["acme.plugins.polls.Polls:lunch"]


async def test_nothing_is_gone_where_nobody_said_which_plugins_there_are(karma):
    assert await karma.find("orphan") == []


async def test_a_renamed_plugin_is_guessed_by_its_class_and_keys(karma):
    karma.write(f"{OLD_KARMA}:karma:U1", f"{OLD_KARMA}:karma:U2")
    (found,) = await karma.find("orphan", ["acme.plugins.karma"])
    assert found.evidence[0].text == (
        f"It may be called {KARMA} now: the class is called the same and its keys look the same."
    )
    assert found.steps[1].target == KARMA


async def test_a_renamed_plugin_without_keys_yet_is_guessed_by_its_class(scene):
    scene.write(f"{OLD_KARMA}:karma:U1")
    (found,) = await scene.find("orphan", ["acme.new.KarmaPlugin"])
    assert "acme.new.KarmaPlugin" in found.evidence[0].text
    assert await scene.find("collision", ["acme.new.KarmaPlugin"]) == []


async def test_a_plugin_that_nothing_is_like_gets_no_guess(karma):
    karma.write(*(f"acme.plugins.polls.Polls:poll-{n}" for n in range(3)))
    (found,) = await karma.find("orphan", [KARMA])
    assert "may be called" not in found.evidence[0].text


async def test_more_keys_than_a_few_change_the_evidence(karma):
    karma.write(f"{OLD_KARMA}:a", f"{OLD_KARMA}:b")
    (before,) = await karma.find("orphan", [KARMA])
    karma.write(*(f"{OLD_KARMA}:k{n}" for n in range(9)))
    karma.now += 120
    (after,) = await karma.find("orphan", [KARMA])
    assert before.name == after.name
    assert before.digest != after.digest
