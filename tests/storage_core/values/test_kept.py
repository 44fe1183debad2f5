"""Values that were read a moment ago are not read again, and are let go of in time."""

import gc
import pickle
from weakref import ref

import pytest

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


def test_what_hides_nothing_is_read_once_for_everybody():
    kept = Kept()
    plain = pickle.dumps({"token_count": 3, "votes": [1, 2]}, 4)
    masked = kept.read(plain, Masking("x"))
    assert not masked.hides
    assert kept.read(plain).program is masked.program
    assert kept.read(plain, Masking("y")).program is masked.program
    assert len(kept) == 1


def test_masks_that_are_put_into_a_kept_tree_are_not_seen_by_whoever_may_see_all():
    kept = Kept()
    first = kept.read(DATA)
    assert "hunter2" not in kept.read(DATA, Masking("x")).to_text()
    again = kept.read(DATA)
    assert again is not first
    assert "hunter2" in again.to_text()
    assert "hunter2" not in kept.read(DATA, Masking("x")).to_text()
    assert again is kept.read(DATA)


def test_a_tree_that_could_not_be_masked_to_the_end_is_not_kept():
    kept = Kept()
    kept.read(DATA)
    with pytest.raises(TypeError):
        kept.read(DATA, Masking("x", words=(7,)))
    assert len(kept) == 0


@pytest.mark.parametrize("masking", [None, Masking("x"), Masking("x", spared=("token",))])
def test_what_an_edit_made_is_read_for_its_proof_and_not_again(masking):
    kept = Kept()
    made = kept.read(DATA, masking).edit("['votes'][0]", "3")
    trees = len(kept)
    assert pickle.loads(made) == {"token": "hunter2", "votes": [3, 2]}
    assert kept.read(made, masking).outline("['votes'][0]").rows[0].text == "3"
    assert len(kept) == trees


def test_the_same_edit_is_made_once_and_another_one_anew():
    value = Kept().read(DATA)
    made = value.edit("['votes'][0]", "3")
    assert value.edit("['votes'][0]", "3") is made
    assert pickle.loads(value.edit("['votes'][0]", "4"))["votes"] == [4, 2]
    assert pickle.loads(value.edit("['votes'][0]", "3"))["votes"] == [3, 2]


def test_a_value_that_was_edited_is_freed_when_it_is_let_go_of():
    kept = Kept()
    kept.read(DATA).edit("['votes'][0]", "3")
    gone = ref(kept.read(DATA))
    gc.disable()  # as in the worker
    try:
        kept.most_blocks = 0
        kept.settle()
        assert gone() is None
    finally:
        gc.enable()


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
