"""The last changes of a key last, however busy other keys are."""

from dashboard.audit.trail import APART, KEPT, Span, as_json, extended, spans_of
from tests.dashboard.audit.test_sightings import KEY, one


def written(first: float, last: float, count: int = 1, *, is_gone: bool = False) -> Span:
    return Span(first, last, count, is_gone)


def test_changes_that_follow_each_other_are_one_span_and_later_ones_another():
    trail = extended([], [written(1, 5, 3)], 3)
    trail = extended(trail, [written(6, 7, 2)], 2)
    trail = extended(trail, [written(8, 8, is_gone=True)], 1)
    trail = extended(trail, [written(APART + 9, APART + 9)], 1)
    assert spans_of(trail) == [
        written(1, 7, 5),
        written(8, 8, is_gone=True),
        written(APART + 9, APART + 9),
    ]


def test_only_the_last_spans_are_kept():
    trail: list[list[float]] = []
    for number in range(KEPT + 5):
        trail = extended(trail, [written(number * 100, number * 100)], 1)
    assert len(trail) == KEPT
    assert trail[0][0] == 500


def test_of_what_another_process_counted_too_only_the_rest_is_added():
    trail = as_json([written(1, 2, 2)])
    assert extended(trail, [written(1, 2, 2)], 0) == trail
    assert spans_of(extended(trail, [written(1, 4, 4)], 2)) == [written(1, 4, 4)]


def test_the_moments_of_the_last_changes_are_kept_when_spans_are_joined():
    trail: list[list[float]] = []
    for moment in range(1, 7):
        trail = extended(trail, [written(moment, moment)], 1)
    (span,) = spans_of(trail)
    assert (span.count, span.moments) == (6, [1, 3, 4, 5, 6])


def test_a_trail_from_before_moments_were_kept_is_read():
    (span,) = spans_of([[1.0, 9.0, 4, 0]])
    assert span.moments == [1.0, 9.0]


async def test_an_idle_key_keeps_its_trail_beside_a_busy_one(scene):
    scene.write(KEY)
    await scene.witness.flush()
    for number in range(400):
        scene.write(f"busy:{number % 3}")
    await scene.witness.flush()
    assert not any(change.stored_key == KEY for change in scene.catalog.recent(200))
    (span,) = spans_of((await one()).trail)
    assert (span.count, span.is_gone) == (1, False)


async def test_several_processes_write_one_trail(scene):
    other = scene.another()
    for _ in range(3):
        scene.write(KEY)
        await scene.witness.flush()
        await other.flush()
    assert sum(span.count for span in spans_of((await one()).trail)) == (await one()).changes
