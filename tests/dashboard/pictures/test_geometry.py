"""Numbers become places on a plane."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.pictures import bars, share_of, top_of, treemap

amounts = st.lists(st.integers(0, 10**12), max_size=60)


@given(amounts)
def test_tiles_fill_the_plane_in_proportion(given_amounts):
    tiles = treemap(given_amounts, 1000, 500)
    whole = sum(given_amounts)
    seen = {n for n, amount in enumerate(given_amounts) if amount > whole / 1_000_000}
    assert {tile.number for tile in tiles} == seen
    for tile in tiles:
        area = 500_000 * given_amounts[tile.number] / whole
        assert tile.width * tile.height == pytest.approx(area, rel=0.05, abs=20)
        assert -0.1 <= tile.x <= tile.x + tile.width <= 1000.1
        assert -0.1 <= tile.y <= tile.y + tile.height <= 500.1


def test_the_largest_tile_comes_first():
    assert [tile.number for tile in treemap([1, 0, 5, 3], 100, 100)] == [2, 3, 0]


def test_nothing_has_no_tiles():
    assert treemap([], 100, 100) == []
    assert treemap([0, 0], 100, 100) == []


def test_bars_stand_on_the_ground_and_reach_up_to_the_top():
    low, high = bars([1, 0, 4], 300, 100)
    assert (low.number, high.number) == (0, 2)
    assert (high.y, high.height) == (0, 100)
    assert low.y + low.height == 100
    assert low.height == 25


def test_what_is_little_is_still_seen():
    low, _ = bars([1, 1_000_000], 100, 100)
    assert low.height == 2
    assert share_of(1, 1_000_000) == 0.8


@pytest.mark.parametrize(
    ("counts", "top"), [([], 1), ([0], 1), ([3], 5), ([11, 40], 50), ([1000], 1000), ([1001], 2000)]
)
def test_the_top_is_a_round_number(counts, top):
    assert top_of(counts) == top
