"""Keys that wait to be asked for: none is lost, and a flood holds up nobody else."""

import pytest

from dashboard.watching.pending import Pending
from storage_core.changes import Change


@pytest.fixture
def flooded():
    """A plugin has changed a hundred keys, then another one has changed one."""
    pending = Pending()
    pending.add([Change(f"a.Flood:{number}", float(number)) for number in range(100)])
    pending.add([Change("b.Quiet:key", 100.0)])
    return pending


def test_a_single_change_does_not_wait_behind_a_flood(flooded):
    assert flooded.take(10)["b.Quiet:key"] == 100.0


def test_what_the_others_do_not_need_goes_to_the_flood(flooded):
    assert len(flooded.take(10)) == 10


def test_the_keys_of_a_plugin_come_in_turn_and_each_once(flooded):
    taken = [key for _ in range(11) for key in flooded.take(10) if key != "b.Quiet:key"]
    assert taken == [f"a.Flood:{number}" for number in range(100)]
    assert not flooded.filled.is_set()


def test_a_key_that_changes_again_waits_once_with_its_last_moment(flooded):
    flooded.add([Change("a.Flood:0", 200.0)])
    assert len(flooded) == 101
    assert flooded.take(4)["a.Flood:0"] == 200.0


def test_there_may_be_more_plugins_than_are_taken_at_once():
    pending = Pending()
    pending.add([Change(f"plugins.P{number}:key", 1.0) for number in range(25)])
    taken = [len(pending.take(10)) for _ in range(3)]
    assert taken == [10, 10, 5]
    assert not pending.filled.is_set()
