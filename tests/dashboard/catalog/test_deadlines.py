"""Which keys expire soon."""

import pytest

from dashboard.catalog.deadlines import HORIZON
from dashboard.catalog.slices import at_once
from storage_core.entries import EntryInfo
from tests.dashboard.catalog.conftest import columns


@pytest.fixture
def index(catalog):
    return catalog.index


def test_a_sweep_finds_what_expires_within_its_horizon(index):
    expiries = {"soon": 10.0, "later": 2 * HORIZON, "never": None}
    index.extend(columns({key: (1, at) for key, at in expiries.items()}))
    at_once(index.sweep(HORIZON))
    assert index.deadlines.next == 10.0
    assert index.deadlines.due(HORIZON) == ["soon"]
    at_once(index.sweep(3 * HORIZON))
    assert index.deadlines.due(3 * HORIZON) == ["soon", "later"]


def test_a_key_is_due_when_its_moment_has_come_and_not_before(index):
    at_once(index.sweep(HORIZON))
    index.put(EntryInfo("a", 1, 10.0))
    assert index.deadlines.due(9.9) == []
    assert index.deadlines.due(10.0) == ["a"]


def test_a_key_that_is_written_again_and_again_waits_once(index):
    at_once(index.sweep(HORIZON))
    for number in range(1000):
        index.put(EntryInfo("a", 1, 10.0 + number / 100))
    assert len(index.deadlines.heap) == 1


def test_many_that_are_due_at_once_come_in_parts(index):
    index.extend(columns({str(number): (1, 5.0) for number in range(2500)}))
    at_once(index.sweep(HORIZON))
    assert [len(index.deadlines.due(6.0)) for _ in range(4)] == [1000, 1000, 500, 0]
