"""What the commands of the server's shell do to the journal, and put on record."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from dashboard.journal.models import Deed, Entry, Kind
from tests.dashboard.journal.test_chain import faults

pytestmark = pytest.mark.django_db


def said(*command: str) -> str:
    out = StringIO()
    call_command(*command, stdout=out, stderr=out)
    return out.getvalue()


def test_giving_a_role_in_the_shell_is_on_record():
    said("person", "mina", "--role", "support")
    entry = Entry.objects.get()
    assert (entry.kind, entry.deed, entry.person) == (Kind.NOTED, Deed.RIGHTS, None)
    assert entry.note.startswith("Gave mina support on all stores")
    assert faults() == []


def test_entries_older_than_the_setting_are_removed_on_record(entries, settings):
    settings.CUBBYHOLE_JOURNAL_DAYS = 30
    Entry.objects.filter(index__lte=4).update(at=timezone.now() - timedelta(days=31))
    assert "4 entries older than 30 days" in said("prune_journal")
    kept = list(Entry.objects.order_by("index").values_list("index", "kind"))
    assert kept == [(5, "intent"), (6, "outcome"), (7, "pruning")]
    assert faults() == []


def test_without_a_setting_every_entry_is_kept(entries, settings):
    settings.CUBBYHOLE_JOURNAL_DAYS = 0
    with pytest.raises(CommandError, match="every entry is kept"):
        said("prune_journal")
    assert Entry.objects.count() == 6


def test_a_journal_that_was_pruned_twice_still_verifies(entries, settings):
    settings.CUBBYHOLE_JOURNAL_DAYS = 30
    for last in (2, 7):
        Entry.objects.filter(index__lte=last).update(at=timezone.now() - timedelta(days=31))
        said("prune_journal")
    assert [entry.kind for entry in Entry.objects.order_by("index")] == ["pruning"]
    assert "1 entries, all as they were written." in said("verify_journal")


def test_an_altered_journal_makes_the_command_fail(entries):
    Entry.objects.filter(index=3).update(reason="because")
    with pytest.raises(CommandError, match="not as it was written"):
        said("verify_journal")
