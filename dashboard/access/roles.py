"""What can be allowed, and the named sets of it that are given to people."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["ROLES", "Role", "Verb"]


class Verb(StrEnum):
    """One thing that a person may be allowed to do. The value reads after «may»."""

    SEE_NAMES = "see names"
    SEE_VALUES = "see values"
    EDIT = "edit values"
    CREATE = "create keys"
    DELETE = "delete keys"
    EXPIRE = "change when keys expire"
    SEE_JOURNAL = "see the journal"
    ADMINISTER = "administer"


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of verbs."""

    name: str
    label: str
    verbs: frozenset[Verb]


READ = frozenset({Verb.SEE_NAMES, Verb.SEE_VALUES, Verb.SEE_JOURNAL})
WRITE = READ | {Verb.EDIT, Verb.CREATE, Verb.DELETE, Verb.EXPIRE}

ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        Role("reader", "Reader", READ),
        Role("editor", "Editor", WRITE),
        Role("admin", "Admin", WRITE | {Verb.ADMINISTER}),
    )
}
