"""How fast a store is read."""

import pytest

from dashboard.watching.pace import LONGEST, Pace


@pytest.fixture
def pace():
    """A pace that has got used to answers within ten milliseconds."""
    pace = Pace()
    for _ in range(50):
        assert pace.pause(0.01) == 0
    return pace


def test_a_store_that_gets_slow_is_left_alone_for_as_long_as_it_took(pace):
    assert pace.pause(0.1) == 0.1
    assert pace.pause(0.01) == 0


def test_it_is_not_left_alone_for_ever(pace):
    assert pace.pause(60.0) == LONGEST


def test_a_store_that_stays_slow_is_read_at_the_pace_it_has(pace):
    assert any(pace.pause(0.1) == 0 for _ in range(100))


def test_very_quick_answers_never_count_as_slow():
    pace = Pace()
    assert [pace.pause(seconds) for seconds in (0.0001, 0.005, 0.0001)] == [0, 0, 0]
