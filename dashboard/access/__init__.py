"""Who may do what, decided in one place."""

from dashboard.access.places import Place
from dashboard.access.rights import (
    NO_RIGHTS,
    NotAllowed,
    Rights,
    rights_of,
    rights_of_each,
    rights_of_request,
)
from dashboard.access.roles import ROLES, Role, Verb, least_role_for
from dashboard.access.sessions import recently_proved

__all__ = [
    "NO_RIGHTS",
    "ROLES",
    "NotAllowed",
    "Place",
    "Rights",
    "Role",
    "Verb",
    "least_role_for",
    "recently_proved",
    "rights_of",
    "rights_of_each",
    "rights_of_request",
]
