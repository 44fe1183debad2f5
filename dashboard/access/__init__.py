"""Who may do what, decided in one place."""

from dashboard.access.rights import NO_RIGHTS, Rights, rights_of, rights_of_request
from dashboard.access.roles import ROLES, Role, Verb

__all__ = ["NO_RIGHTS", "ROLES", "Rights", "Role", "Verb", "rights_of", "rights_of_request"]
