"""The only writes by people.

Every one goes the same way: may they? → the intent with the before-image in the journal → one
compare-and-set in the store → the outcome in the journal. The change then comes back through the
store's feed, like a bot's. Where no outcome could be written, it is found out afterwards.
"""

from dashboard.operations.commands import (
    Person,
    change_expiry,
    create,
    delete,
    edit,
    note_refusal,
    restore,
)
from dashboard.operations.execution import NO_JOURNAL, JournalUnavailable, Result
from dashboard.operations.settlement import reconcile

__all__ = [
    "NO_JOURNAL",
    "JournalUnavailable",
    "Person",
    "Result",
    "change_expiry",
    "create",
    "delete",
    "edit",
    "note_refusal",
    "reconcile",
    "restore",
]
