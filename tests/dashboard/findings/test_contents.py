"""Findings from looks at values."""

import pytest

KARMA = "acme.plugins.karma.Karma"
KEY = f"{KARMA}:U1"


async def test_a_value_that_becomes_one_of_another_kind_has_drifted(scene):
    scene.look(KEY, "dict")
    scene.look(KEY, "str")
    (found,) = await scene.find("drift")
    assert found.title == "U1 became a str"
    assert found.needs_values
    assert found.basis[:2] == ("dict", "str")


@pytest.mark.parametrize(
    ("before", "after"), [("dict", "dict"), ("None", "dict"), ("int", "float"), (None, "dict")]
)
async def test_a_value_that_comes_goes_or_counts_has_not_drifted(scene, before, after):
    scene.look(KEY, before)
    scene.look(KEY, after)
    assert await scene.find("drift") == []


async def test_a_value_that_went_back_to_its_kind_has_not_drifted(scene):
    for kind in ("dict", "str", "dict"):
        scene.look(KEY, kind)
    (found,) = await scene.find("drift")
    assert found.basis[:2] == ("str", "dict")


async def test_values_that_cannot_be_read_are_shown_together(scene):
    for number in range(12):
        scene.look(f"{KARMA}:U{number:02}", None, why="It ends too early.")
    scene.look(KEY)
    (found,) = await scene.find("unreadable")
    assert found.title == "12 values of Karma cannot be read"
    assert found.evidence[0].text == "U00: It ends too early."
    assert found.evidence[-1].text == "and 4 more"


async def test_a_value_that_was_too_large_to_look_at_is_not_called_unreadable(scene):
    scene.look(KEY, None)
    assert await scene.find("unreadable") == []


async def test_an_import_that_most_values_of_a_plugin_have_is_usual(scene):
    for number in range(3):
        scene.look(f"{KARMA}:U{number}", imports=("acme.models.Member", "datetime.datetime"))
    assert await scene.find("import") == []


async def test_an_import_that_few_values_have_is_worth_a_look(scene):
    for number in range(9):
        scene.look(f"{KARMA}:U{number}")
    scene.look(f"{KARMA}:odd", imports=("acme.models.Member",))
    (found,) = await scene.find("import")
    assert found.title == "A value of Karma makes the bot import acme.models.Member"
    assert found.evidence[0].stored_key == f"{KARMA}:odd"
    assert found.severity.name == "NOTE"


@pytest.mark.parametrize("name", ["os.system", "builtins.eval", "subprocess.Popen", "posix.system"])
async def test_a_powerful_import_is_urgent_however_many_have_it(scene, name):
    for number in range(3):
        scene.look(f"{KARMA}:U{number}", imports=(name,))
    (found,) = await scene.find("import")
    assert found.severity.name == "URGENT"
    assert len(found.evidence) == 3


async def test_names_that_the_same_values_import_are_one_finding(scene):
    for number in range(9):
        scene.look(f"{KARMA}:U{number}")
    names = ("acme.models.Member", "acme.models.Team", "acme.models.Role", "sys", "types")
    scene.look(f"{KARMA}:odd", imports=names)
    powerful, other = sorted(await scene.find("import"), key=lambda one: one.title, reverse=True)
    assert powerful.title == "A value of Karma makes the bot import sys and types"
    assert "With these a value can" in powerful.meaning
    assert other.title.endswith("import acme.models.Member, acme.models.Role and 1 more")
    assert other.evidence[0].text == "acme.models.Member, acme.models.Role and acme.models.Team"


async def test_what_slack_machine_itself_stores_is_usual(scene):
    scene.look("manual", imports=("machine.models.core.Manual",))
    assert await scene.find("import") == []


async def test_a_call_that_leaves_no_trace_is_urgent(scene):
    scene.look(KEY, hidden=("Reading this value also makes the bot call this.",))
    (found,) = await scene.find("hidden-call")
    assert found.severity.name == "URGENT"


async def test_what_is_gone_is_found_no_more(scene):
    scene.look(KEY, None, why="It ends too early.")
    scene.looks.discard(KEY)
    assert await scene.find("unreadable") == []
    assert scene.looks.by_namespace == {}
