"""Keys that are spelled like another's, and plugins that are gone."""

import pytest

from dashboard.findings.finding import has_grown
from storage_core.keys import report_of

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


async def test_a_few_keys_of_a_package_that_no_other_plugin_comes_from_are_a_note(karma):
    karma.write("x.y.Zed:a", "x.y.Zed:b")
    (found,) = await karma.find("collision")
    assert (found.subject, found.severity.name) == ("x.y.Zed", "NOTE")
    assert found.meaning.startswith("Only 2 keys belong to the package x, while other plugins")


async def test_ordinary_plugins_with_few_keys_are_not_doubted(karma):
    karma.write("acme.plugins.oncall.OnCall:rota", "machine.plugins.builtin.general.Ping:n")
    karma.write(*(f"helpdesk.Tickets:{n}" for n in range(9)))
    assert await karma.find("collision") == []


async def test_the_only_plugin_of_a_store_is_not_doubted(scene):
    scene.write("acme.plugins.oncall.OnCall:rota", "team")
    assert await scene.find("collision") == []


@pytest.mark.parametrize("plugins", [None, [KARMA], ["acme.plugins.polls"]])
async def test_a_report_proves_that_a_shared_key_is_a_plugins_private_one(karma, plugins):
    karma.write(report_of("acme.plugins.polls.Polls", f"{KARMA}:karma:U1"))
    (found,) = await karma.find("collision", plugins)
    assert (found.subject, found.severity.name) == (KARMA, "CARE")
    (proof,) = found.evidence
    assert proof.text == "acme.plugins.polls.Polls reported that it shares karma:U1"
    assert (proof.stored_key, proof.tells_of) == (f"{KARMA}:karma:U1", "acme.plugins.polls.Polls")


async def test_reports_of_shared_keys_that_are_spelled_well_prove_nothing(karma):
    karma.write("team", report_of(KARMA, "team"), "rbac:role", report_of(KARMA, "rbac:role"))
    assert await karma.find("collision", [KARMA]) == []


async def test_another_report_changes_the_evidence(karma):
    karma.write(report_of("acme.Polls", f"{KARMA}:karma:U1"))
    (before,) = await karma.find("collision")
    karma.write(report_of("acme.Polls", f"{KARMA}:karma:U2"))
    (after,) = await karma.find("collision")
    assert before.digest != after.digest


async def test_what_is_proven_to_be_shared_is_no_plugin_that_is_gone(karma):
    karma.write("x.y.Zed:a", report_of(KARMA, "x.y.Zed:a"))
    assert [one.subject for one in await karma.find("collision", [KARMA])] == ["x.y.Zed"]
    assert await karma.find("orphan", [KARMA]) == []


async def test_a_plugin_that_left_one_key_is_gone_and_no_collision(karma):
    karma.write("acme.plugins.polls.Polls:lunch")
    (found,) = await karma.find("orphan", [KARMA])
    assert found.subject == "acme.plugins.polls.Polls"
    assert "shared keys" not in found.meaning
    assert await karma.find("collision", [KARMA]) == []


async def test_what_comes_from_a_strange_package_may_never_have_been_a_plugin(karma):
    karma.write("x.y.Zed:a")
    (found,) = await karma.find("orphan", [KARMA])
    assert "If the bot never had a plugin of this name" in found.meaning


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
    assert has_grown(before.amount, after.amount)
