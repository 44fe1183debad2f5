"""How fast a namespace is written right now, beside what the last minute saw."""

from dashboard.catalog.activity import Activity

NOW = 1_000_000.0


def test_the_rate_of_now_is_that_of_the_last_whole_seconds():
    activity = Activity()
    for ago in range(15):
        activity.note("acme", NOW - ago, "written", 5000)
    assert activity.lately("acme", NOW) == 50_000
    assert activity.last_minute("acme", NOW) == 75_000


def test_what_was_busy_a_while_ago_is_not_busy_now():
    activity = Activity()
    activity.note("acme", NOW - 11, "written", 5000)
    assert activity.lately("acme", NOW) == 0
    assert activity.last_minute("acme", NOW) == 5000
    assert activity.lately("acme", NOW + 60) == 0
    assert activity.lately("nobody", NOW) == 0
