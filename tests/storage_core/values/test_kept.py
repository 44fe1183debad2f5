"""Values that were read a moment ago are not read again, and are let go of in time."""

import gc
import pickle

from storage_core.values import Masking
from storage_core.values.kept import Kept

DATA = pickle.dumps({"token": "hunter2", "votes": [1, 2]}, 4)


def test_the_same_bytes_are_read_once():
    kept = Kept()
    assert kept.read(DATA) is kept.read(bytes(bytearray(DATA)))


def test_what_was_read_without_masks_is_not_given_to_somebody_with_masks():
    kept = Kept()
    assert "hunter2" in kept.read(DATA).to_text()
    assert "hunter2" not in kept.read(DATA, Masking("x")).to_text()
    assert "hunter2" in kept.read(DATA, Masking("x", spared=("token",))).to_text()


def test_what_was_not_asked_about_for_longest_is_let_go_of():
    gc.collect()  # what is freed while a value is read would be taken for its size
    kept = Kept(most_blocks=30_000)
    values = [pickle.dumps([{"n": n, "i": i} for i in range(1000)], 4) for n in range(4)]
    for data in values:
        kept.read(data)
        kept.read(values[0])
        kept.settle()
    first = kept.read(values[0])
    assert 1 <= len(kept) < 4
    assert kept.read(values[0]) is first


def test_a_value_that_is_too_large_to_keep_is_not_kept():
    kept = Kept(most_blocks=100)
    kept.read(pickle.dumps(list(range(1000, 3000)), 4))
    kept.settle()
    assert len(kept) == 0


def test_nothing_is_left_after_clearing():
    kept = Kept()
    before = kept.read(DATA)
    kept.clear()
    assert kept.read(DATA) is not before
