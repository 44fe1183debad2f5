"""The journal cannot be altered unseen."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from dashboard.journal import chain
from dashboard.journal.head import Head
from dashboard.journal.models import Answer, ChainHead, Entry
from tests.dashboard.journal.conftest import intent

pytestmark = pytest.mark.django_db


def faults() -> list[int]:
    return [fault.index for fault in chain.verify()]


def test_a_journal_as_it_was_written_has_no_fault(entries):
    assert faults() == []


def test_an_empty_journal_has_no_fault():
    assert faults() == []


@pytest.mark.parametrize(
    "change",
    [
        {"reason": "because"},
        {"after": b"other"},
        {"person_name": "jon"},
        {"at": timezone.now() - timedelta(days=1)},
        {"before": None},
        {"answer": Answer.SAVED},
        {"keeps_expiry": False},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_altered_entry_is_found(entries, change):
    Entry.objects.filter(index=3).update(**change)
    assert faults() == [3]


def test_an_altered_outcome_is_found(entries):
    Entry.objects.filter(index=2).update(answer=Answer.REFUSED)
    assert faults() == [2]


def test_a_removed_entry_is_found(entries):
    removed = Entry.objects.filter(index=4)
    removed._raw_delete(removed.db)
    assert faults() == [4]


def test_a_removed_last_entry_is_found(entries):
    removed = Entry.objects.filter(index=6)
    removed._raw_delete(removed.db)
    assert faults() == [6]


def test_reordered_entries_are_found(entries):
    Entry.objects.filter(index=1).update(index=99)
    Entry.objects.filter(index=3).update(index=1)
    Entry.objects.filter(index=99).update(index=3)
    assert {1, 3} <= set(faults())


def test_an_entry_added_without_the_key_is_found(entries):
    head = ChainHead.objects.get()
    forged = intent(index=7, previous_seal=head.seal, seal="0" * 64)
    forged.save()
    ChainHead.objects.update(index=7, seal=forged.seal)
    assert faults() == [7]


def test_a_seal_made_with_an_earlier_secret_key_still_counts(entries, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret key of more than thirty-two characters"
    assert faults() == []


def test_an_entry_is_not_saved_twice_and_not_deleted(entries):
    with pytest.raises(TypeError, match="only added to"):
        entries[0].delete()
    with pytest.raises(Exception, match="UNIQUE"):
        entries[0].save()


def test_an_outcome_that_was_given_to_another_intent_by_its_number_is_found(entries):
    """Outcomes name their intent by its number, so two numbers that change places tell a lie."""
    first, third = entries[0].pk, entries[2].pk
    for number, becomes in ((first, 99), (third, first), (99, third)):
        Entry.objects.filter(pk=number).update(id=becomes)
    assert {1, 3} <= set(faults())


def test_seals_that_did_not_hold_the_number_still_count(entries):
    for entry in Entry.objects.order_by("index"):
        head = ChainHead.objects.get()
        previous = Entry.objects.filter(index=entry.index - 1).first()
        entry.previous_seal = previous.seal if previous else ""
        seal = chain.seal_of(entry, unsealed=chain.UNSEALED_ONCE)
        Entry.objects.filter(pk=entry.pk).update(seal=seal, previous_seal=entry.previous_seal)
        ChainHead.objects.filter(pk=head.pk).update(seal=seal)
    assert faults() == []


def cut_off_after(index: int) -> None:
    """Remove the last entries, and put the head back to match."""
    Entry.objects.filter(index__gt=index, about=None).update(about=None)
    removed = Entry.objects.filter(index__gt=index)
    removed._raw_delete(removed.db)
    last = Entry.objects.get(index=index)
    ChainHead.objects.update(index=last.index, seal=last.seal)


def test_a_tail_that_was_cut_off_with_its_head_is_found_by_a_head_of_earlier(entries):
    last = Head(6, entries[5].seal)
    cut_off_after(4)
    assert faults() == []
    assert [fault.index for fault in chain.verify(last)] == [5]


def test_a_journal_that_was_begun_anew_before_an_earlier_head_is_found(entries):
    last = Head(5, entries[4].seal)
    cut_off_after(4)
    chain.append(intent(reason="another"))
    assert [fault.index for fault in chain.verify(last)] == [5]


def test_an_earlier_head_that_the_journal_goes_on_from_is_no_fault(entries):
    assert list(chain.verify(*(Head(each.index, each.seal) for each in entries))) == []


def test_pruning_is_on_record_and_leaves_a_chain_that_verifies(entries):
    Entry.objects.filter(index__lte=2).update(at=timezone.now() - timedelta(days=400))
    assert chain.prune(timezone.now() - timedelta(days=365)) == 2
    kinds = list(Entry.objects.order_by("index").values_list("index", "kind"))
    assert kinds == [(3, "intent"), (4, "outcome"), (5, "intent"), (6, "outcome"), (7, "pruning")]
    assert faults() == []


def test_pruning_keeps_an_intent_whose_outcome_is_kept(entries):
    Entry.objects.filter(index__lte=3).update(at=timezone.now() - timedelta(days=400))
    assert chain.prune(timezone.now() - timedelta(days=365)) == 2
    assert Entry.objects.filter(index=3).exists()


def test_entries_removed_without_pruning_are_found_after_one(entries):
    chain.prune(timezone.now() - timedelta(days=365))
    removed = Entry.objects.filter(index__lte=2)
    removed._raw_delete(removed.db)
    connection.check_constraints()
    assert 1 in faults()
