"""What was put aside is back when what the person judged is no longer so, and only then."""

import pytest
from asgiref.sync import sync_to_async

from dashboard.access import people
from dashboard.findings.dismissals import dismiss, dismissals_of, is_aside
from dashboard.findings.finding import Finding, Severity, digest_of, magnitude
from dashboard.findings.models import Dismissal

KARMA = "acme.plugins.karma.Karma"
KEY = f"{KARMA}:one"
PUSHED = {"kind": "int", "imports": ("os.system",)}
HIDDEN = {"hidden": ("It calls a thing.",)}


@pytest.fixture
async def mina(transactional_db):
    return await sync_to_async(people.add_person)("mina", "admin")


def keys(scene, count):
    scene.write(*(f"{KARMA}:{number}" for number in range(count)), expires_at=scene.now - 300)


def growing(scene, count):
    scene.write(*(f"{KARMA}:old{number}" for number in range(50)))
    scene.now += 1200
    scene.write(*(f"{KARMA}:new{number}" for number in range(count)))


def piling(scene, size):
    scene.write(KEY, size=1000)
    scene.now += 300
    scene.write(KEY, size=size)


def logging(scene, size):
    scene.look(KEY, size=1000)
    scene.look(KEY, size=size)


def drifting(scene, kinds):
    for kind in kinds:
        scene.now += 1
        scene.look(KEY, kind)


CASES = {
    "unreadable": (
        lambda scene: scene.look(KEY, None, why="It ends too early.", digest=b"1"),
        lambda scene: scene.look(KEY, None, why="It ends too early.", digest=b"2"),
    ),
    "import": (
        lambda scene: scene.look(KEY, **PUSHED, digest=b"rm"),
        lambda scene: scene.look(KEY, **PUSHED, digest=b"curl"),
    ),
    "hidden-call": (
        lambda scene: scene.look(KEY, **HIDDEN, digest=b"1"),
        lambda scene: scene.look(KEY, **HIDDEN, digest=b"2"),
    ),
    "large": (
        lambda scene: scene.write(KEY, size=900_009),
        lambda scene: scene.write(KEY, size=1_040_009),
    ),
    "drift": (
        lambda scene: drifting(scene, ("dict", "list")),
        lambda scene: drifting(scene, ("dict", "list")),
    ),
    "overdue": (lambda scene: keys(scene, 4), lambda scene: keys(scene, 7)),
    "only-growing": (lambda scene: growing(scene, 20), lambda scene: growing(scene, 30)),
    "fast-growing": (lambda scene: piling(scene, 40_000), lambda scene: piling(scene, 60_000)),
    "growing-value": (lambda scene: logging(scene, 9000), lambda scene: logging(scene, 12_000)),
}


async def is_still_aside(scene, code):
    (finding,) = await scene.find(code)
    return is_aside(finding, await dismissals_of("prod", [finding]))


@pytest.mark.parametrize("code", CASES)
async def test_it_stays_aside_until_what_was_judged_is_another(scene, mina, code):
    first, then = CASES[code]
    first(scene)
    await dismiss(mina, "prod", (await scene.find(code))[0], "It is meant.")
    scene.now += 120
    assert await is_still_aside(scene, code)
    then(scene)
    assert not await is_still_aside(scene, code)


@pytest.mark.parametrize(("count", "is_back"), [(100, False), (109, False), (111, True)])
async def test_an_amount_has_to_grow_clearly(scene, mina, count, is_back):
    keys(scene, 100)
    await dismiss(mina, "prod", (await scene.find("overdue"))[0], "It is meant.")
    keys(scene, count)
    assert await is_still_aside(scene, "overdue") is not is_back


async def test_what_a_value_of_a_library_holds_is_not_what_was_judged(scene, mina):
    scene.look(KEY, imports=("pandas.DataFrame",), digest=b"1")
    scene.look(f"{KARMA}:two")
    await dismiss(mina, "prod", (await scene.find("import"))[0], "It is meant.")
    scene.look(KEY, imports=("pandas.DataFrame",), digest=b"2")
    assert await is_still_aside(scene, "import")


@pytest.mark.parametrize(
    ("code", "former"),
    [
        ("unreadable", (KEY,)),
        ("import", (KEY,)),
        ("hidden-call", HIDDEN["hidden"]),
        ("large", (magnitude(900_009),)),
        ("drift", ("dict", "list")),
        ("overdue", (magnitude(4),)),
        ("only-growing", (magnitude(70),)),
        ("fast-growing", (magnitude(40_000),)),
        ("growing-value", (magnitude(9000),)),
    ],
)
async def test_what_an_older_version_put_aside_stays_there(scene, mina, code, former):
    CASES[code][0](scene)
    (finding,) = await scene.find(code)
    older = Finding(code, finding.subject, None, Severity.NOTE, "", "", basis=former)
    await dismiss(mina, "prod", older, "It is meant.")
    word = await Dismissal.objects.aget()
    assert (word.digest, word.amount) == (digest_of(former), None)
    assert await is_still_aside(scene, code)
