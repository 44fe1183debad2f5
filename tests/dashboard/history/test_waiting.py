"""Keys wait to be read: each once, not too often, and not too many."""

from dashboard.history.waiting import MOST_WAITING, Waiting


def test_a_key_that_changes_again_while_it_waits_is_read_once_and_counted():
    waiting = Waiting(0.5)
    for at in (1.0, 3.0, 2.0):
        waiting.note("a", at)
    noted = waiting.take("a", now=10.0)
    assert (noted.last, noted.count, len(waiting)) == (3.0, 3, 0)


def test_a_key_that_was_read_a_moment_ago_lets_others_go_first():
    waiting = Waiting(0.5)
    waiting.note("busy", 1.0)
    waiting.take("busy", now=10.0)
    for key in ("busy", "idle"):
        waiting.note(key, 2.0)
    assert waiting.due(10.1, most=5) == ["idle"]
    assert set(waiting.due(10.6, most=5)) == {"busy", "idle"}


def test_what_could_not_be_written_waits_again_with_what_came_since():
    waiting = Waiting(0.5)
    waiting.note("a", 1.0)
    taken = {"a": waiting.take("a", now=10.0)}
    waiting.note("a", 2.0)
    waiting.put_back(taken)
    assert (waiting.keys["a"].last, waiting.keys["a"].count) == (2.0, 2)


def test_a_flood_is_bounded_and_remembered_to_be_one():
    waiting = Waiting(0.5)
    for number in range(MOST_WAITING + 5):
        waiting.note(f"key {number}", 1.0)
    assert (len(waiting), waiting.lost) == (MOST_WAITING, True)
