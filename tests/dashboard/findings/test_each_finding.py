"""A store that has one of each finding: found, explained, put aside, and back.

Each is made by a first step; a second one changes its evidence.
"""

import pytest
from asgiref.sync import sync_to_async

from dashboard import marks
from dashboard.access import people
from dashboard.findings.dismissals import bring_back, dismiss, dismissals_of, is_aside
from dashboard.findings.facts import facts_of
from dashboard.findings.plugins import Plugins
from dashboard.findings.report import RULES, findings_in

KARMA = "acme.plugins.karma.Karma"
POLLS = "acme.plugins.polls.Polls"
OLD = "acme.old.polls.Polls"
CONFIGURED = Plugins((KARMA, POLLS))


def hidden_call(scene, step):
    scene.look(f"{KARMA}:sly", hidden=tuple(f"It calls thing {n}." for n in range(step)))


def unusual_import(scene, step):
    for number in range(step):
        scene.look(f"{KARMA}:odd{number}", imports=("os.system",))


def unreadable(scene, step):
    for number in range(step):
        scene.look(f"{KARMA}:broken{number}", None, why="It ends too early.")


def collision(scene, step):
    scene.write(*(f"release.notes:{number}" for number in range(step)))


def orphan(scene, step):
    scene.write(*(f"{OLD}:poll-{number}" for number in range(4**step)))


def drift(scene, step):
    for kind in ("dict", "str", "list")[: step + 1]:
        scene.look(f"{KARMA}:drifting", kind)


def several_writers(scene, step):
    scene.write("team", *(f"cubbyhole.Writers:acme.p.P{n}:team" for n in range(step + 1)))


def only_growing(scene, step):
    scene.write(*(f"{POLLS}:k{number}" for number in range(50)))
    scene.now += 1200
    scene.write(*(f"{POLLS}:k{number}" for number in range(50, 100 * step)))


def overdue(scene, step):
    keys = [f"{KARMA}:late{number}" for number in range(4**step)]
    scene.write(*keys, expires_at=scene.now - 300)


def large(scene, step):
    scene.write(f"{POLLS}:archive", size=10**5 * 3**step)


def growing_value(scene, step):
    scene.look(f"{KARMA}:log", size=1000)
    scene.look(f"{KARMA}:log", size=10_000 * 3**step)


def fast_growing(scene, step):
    scene.write(f"{KARMA}:pile", size=1000)
    scene.now += 300
    scene.write(f"{KARMA}:pile", size=20_000 * 3**step)


EACH = {
    "hidden-call": hidden_call,
    "import": unusual_import,
    "unreadable": unreadable,
    "collision": collision,
    "orphan": orphan,
    "drift": drift,
    "several-writers": several_writers,
    "only-growing": only_growing,
    "overdue": overdue,
    "large": large,
    "growing-value": growing_value,
    "fast-growing": fast_growing,
}


async def found_in(scene):
    facts = await facts_of(scene.catalog, scene.looks, CONFIGURED)
    return {finding.code: finding for finding in findings_in(facts)}


def test_there_is_a_case_for_each_rule():
    assert len(EACH) == len(RULES)


async def test_a_store_in_order_has_none(scene):
    scene.write(f"{KARMA}:U1", f"{POLLS}:lunch", "team")
    assert await found_in(scene) == {}


async def test_a_store_that_has_each_of_them_shows_each_of_them(scene):
    for make in EACH.values():
        make(scene, 1)
    assert set(await found_in(scene)) == set(EACH)


@pytest.mark.parametrize("code", EACH)
async def test_it_is_explained(scene, code):
    EACH[code](scene, 1)
    finding = (await found_in(scene))[code]
    assert len(finding.meaning) > 30
    assert finding.evidence
    assert finding.steps


@pytest.mark.parametrize("code", EACH)
async def test_it_is_put_aside_and_back_when_its_evidence_changes(scene, code, transactional_db):
    mina = await sync_to_async(people.add_person)("mina", "admin")
    EACH[code](scene, 1)
    finding = (await found_in(scene))[code]
    await dismiss(mina, "prod", finding, "It is meant.")
    assert is_aside(finding, await dismissals_of("prod", [finding]))
    scene.now += 120
    EACH[code](scene, 2)
    later = (await found_in(scene))[code]
    assert later.name == finding.name
    assert not is_aside(later, await dismissals_of("prod", [later]))


async def test_what_was_brought_back_is_not_aside(scene, transactional_db):
    mina = await sync_to_async(people.add_person)("mina", "admin")
    large(scene, 1)
    finding = (await found_in(scene))["large"]
    await dismiss(mina, "prod", finding, "It is meant.")
    await bring_back(mina, "prod", finding)
    assert not is_aside(finding, await dismissals_of("prod", [finding]))
    assert not await dismissals_of("other", [finding])


def test_whoever_sees_a_part_of_a_store_may_hear_that_its_findings_changed():
    topic = marks.findings_topic("prod")
    assert topic.startswith(marks.store_topic("prod"))
    assert topic != marks.store_topic("prod")
