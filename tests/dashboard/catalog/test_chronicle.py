"""What is remembered of each namespace over time."""

from dashboard.catalog.chronicle import HOURS, MINUTES, MOMENTS, Chronicle, History

KARMA = "acme.plugins.karma.Karma"
NOON = 1_800_000_000.0


def test_changes_are_counted_by_minute_and_hour():
    chronicle = Chronicle()
    for at in (NOON - 61, NOON, NOON + 1):
        chronicle.note(KARMA, at, "written")
    chronicle.note(None, NOON + 1, "removed")
    assert chronicle.minutes([KARMA, None, "not.Known"], NOON + 2)[-3:] == [1, 0, 3]
    assert sum(chronicle.hours([KARMA], NOON + 2)) == 3


def test_what_is_too_old_is_forgotten():
    chronicle = Chronicle()
    chronicle.note(KARMA, NOON, "written")
    assert sum(chronicle.minutes([KARMA], NOON + 60 * (MINUTES - 1))) == 1
    assert sum(chronicle.minutes([KARMA], NOON + 60 * MINUTES)) == 0
    assert sum(chronicle.hours([KARMA], NOON + 3600 * HOURS)) == 0


def test_growth_is_measured_from_the_oldest_extent():
    history = History()
    history.measure(NOON, 10, 1000)
    history.note(NOON + 300, "removed")
    growth = history.growth(NOON + 600, 14, 5000)
    assert growth == (600, 4, 4000, 1, 0.0)


def test_what_earlier_processes_watched_is_no_gap():
    chronicle = Chronicle(began=NOON)
    chronicle.vigils = [(NOON - 900, NOON - 600), (NOON - 700, NOON - 100)]
    assert chronicle.unwatched(NOON - 1000, NOON + 50) == 100 + 100
    assert chronicle.unwatched(NOON - 650, NOON + 50) == 100


def test_an_hour_that_is_recalled_is_as_it_was():
    before = History()
    before.note(NOON, "removed", 3)
    before.measure(NOON, 10, 1000)
    hour = before.of_hour(int(NOON) // 3600)
    after = History()
    after.measure(NOON + 9, 12, 1200)
    after.recall(hour)
    assert after.of_hour(int(NOON) // 3600) == hour
    assert after.growth(NOON + 60, 14, 5000) == (60, 4, 4000, 3, 0.0)


def test_extents_stay_few_over_days():
    history = History()
    for minute in range(3 * 24 * 60):
        history.measure(NOON + 60 * minute, minute, minute)
    assert len(history.extents) <= HOURS + MINUTES + 2
    assert history.extents == sorted(history.extents)


def test_a_catalog_measures_a_namespace_once_a_minute(catalog, write):
    write(f"{KARMA}:a", size=10, at=1000.0)
    write(f"{KARMA}:b", size=10, at=1001.0)
    write(f"{KARMA}:c", size=10, at=1070.0)
    history = catalog.chronicle.histories[KARMA]
    assert [(extent.keys, extent.size) for extent in history.extents] == [(1, 10), (3, 30)]


def test_a_listener_hears_of_each_change_once(catalog, write, remove):
    heard = []
    catalog.listen(heard.extend)
    write("team")
    remove("team")
    remove("never there")
    assert [(change.stored_key, change.verb) for change in heard] == [
        ("team", "written"),
        ("team", "removed"),
    ]


def test_changes_are_counted_by_moments_of_ten_seconds():
    chronicle = Chronicle()
    for at in (1000.0, 1003.0, 1012.0):
        chronicle.note("acme.Karma", at, "written")
    assert chronicle.moments("acme.Karma", 1019.0)[-3:] == [0, 2, 1]
    assert chronicle.moments("acme.Karma", 1400.0) == [0] * MOMENTS
    assert chronicle.moments("acme.Other", 1019.0) == [0] * MOMENTS


def test_spans_are_known_from_the_one_in_which_it_began():
    chronicle = Chronicle(began=7199.0)
    assert chronicle.spans_known(3600, 48, 7199.5) == 1
    assert chronicle.spans_known(3600, 48, 7201.0) == 2
    assert chronicle.spans_known(3600, 48, 7199.0 + 9 * 86_400) == 48
