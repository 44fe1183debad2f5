"""Where Django looks for models; each lives beside the code that it belongs to."""

from dashboard.access.models import Grant, SignInLink
from dashboard.journal.models import Intent, Outcome

__all__ = ["Grant", "Intent", "Outcome", "SignInLink"]
