"""`manage.py verify_journal`: what it says, and how it exits."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from dashboard.journal import chain
from dashboard.journal.models import Entry, Kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry() -> Entry:
    return chain.append(Entry(at=timezone.now(), kind=Kind.OUTCOME, note="done"))


def test_it_says_that_all_is_as_written_and_gives_the_head_to_keep(entry, capsys):
    call_command("verify_journal")
    said = capsys.readouterr().out
    assert "1 entries, all as they were written." in said
    assert f"Head: 1:{entry.seal}" in said


def test_it_names_the_entry_that_was_altered_and_fails(entry, capsys):
    Entry.objects.update(note="never happened")
    with pytest.raises(CommandError, match="not as it was written"):
        call_command("verify_journal")
    assert "entry 1 is altered" in capsys.readouterr().err


def test_a_head_that_was_kept_elsewhere_tells_of_a_database_that_was_put_back(entry, capsys):
    call_command("verify_journal", "--head", f"1:{entry.seal}")
    with pytest.raises(CommandError, match="not as it was written"):
        call_command("verify_journal", "--head", f"2:{'0' * 64}")
    assert "the journal went on to entry 2 once" in capsys.readouterr().err


def test_what_is_no_head_is_refused(entry):
    with pytest.raises(CommandError, match="A head is a number and a seal"):
        call_command("verify_journal", "--head", "yesterday")
