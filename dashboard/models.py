"""Where Django looks for models; each lives beside the code that it belongs to."""

from dashboard.access.models import Grant, SignInLink
from dashboard.audit.models import Review, Sighting, Watch
from dashboard.findings.models import Dismissal, DriftSeen, HourSeen, KindSeen, Vigil
from dashboard.history.models import Duty, HistoryMark, Version
from dashboard.journal.models import ChainHead, Entry
from dashboard.web.models import KeptDraft

__all__ = [
    "ChainHead",
    "Dismissal",
    "DriftSeen",
    "Duty",
    "Entry",
    "Grant",
    "HistoryMark",
    "HourSeen",
    "KeptDraft",
    "KindSeen",
    "Review",
    "Sighting",
    "SignInLink",
    "Version",
    "Vigil",
    "Watch",
]
