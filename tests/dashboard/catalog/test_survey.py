"""What a namespace is like as a whole."""

import pytest

KARMA = "acme.plugins.karma.Karma"
DAY = 86_400.0


@pytest.fixture
async def karma(catalog, write):
    """The survey of twelve keys: sizes 0 to 11, of which three expire and one is overdue."""
    for number in range(12):
        write(f"{KARMA}:k{number:02}", size=number, at=1000.0 - 30 * number)
    write(f"{KARMA}:k01", size=1, expires_at=1000.0 - 120)
    write(f"{KARMA}:k02", size=2, expires_at=1000.0 + 30)
    write(f"{KARMA}:k03", size=3, expires_at=1000.0 + 400 * DAY)
    return (await catalog.asurvey())[KARMA]


async def test_it_knows_the_largest_values_in_order(karma):
    assert [row.size for row in karma.largest] == list(range(11, -1, -1))
    assert karma.largest[0].ref.key == "k11"


async def test_it_counts_keys_by_the_time_until_they_expire(karma):
    assert karma.expiries == (1, 1, 0, 0, 0, 0, 1, 9)
    assert (karma.overdue, karma.lasting) == (1, 9)


async def test_it_counts_keys_by_the_time_since_they_changed(karma):
    assert sum(karma.ages) == 12
    assert karma.ages[0] + karma.ages[1] == 12


async def test_a_survey_follows_what_changes(catalog, write, karma):
    write(f"{KARMA}:k99", size=99, at=1001.0)
    assert (await catalog.asurvey())[KARMA].largest[0].size == 99


async def test_a_namespace_that_is_gone_has_no_survey(catalog, karma, remove):
    for number in range(12):
        remove(f"{KARMA}:k{number:02}")
    assert await catalog.asurvey() == {}
