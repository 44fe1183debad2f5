"""Where Django looks for models; each lives beside the code that it belongs to."""

from dashboard.access.models import Grant, SignInLink
from dashboard.journal.models import ChainHead, Entry

__all__ = ["ChainHead", "Entry", "Grant", "SignInLink"]
