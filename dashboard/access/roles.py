"""What can be allowed, and the named sets of it that are given to people."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["ROLES", "Role", "Verb", "least_role_for"]


class Verb(StrEnum):
    """One thing that a person may be allowed to do. The value reads after «may»."""

    SEE_NAMES = "see names"
    SEE_VALUES = "see values"
    REVEAL = "reveal masked values"
    EDIT = "edit values"
    CREATE = "create keys"
    DELETE = "delete keys"
    EXPIRE = "change when keys expire"
    BRING_IN = "restore values that make the bot import something new"
    EXPORT = "export"
    REVIEW = "sign off reviews and dismiss findings"
    KEEP_HISTORY = "choose whose history is kept"
    SEE_JOURNAL = "see the journal"
    ADMINISTER = "administer"


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of verbs, with a sentence about who it is for."""

    name: str
    label: str
    about: str
    verbs: frozenset[Verb]


READ = frozenset({Verb.SEE_NAMES, Verb.SEE_VALUES, Verb.SEE_JOURNAL})
CORRECT = READ | {Verb.EDIT, Verb.EXPIRE}
AUDIT = READ | {Verb.EXPORT, Verb.REVIEW, Verb.KEEP_HISTORY}
KEEP_UP = CORRECT | AUDIT | {Verb.CREATE, Verb.DELETE, Verb.REVEAL, Verb.BRING_IN}

ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        Role("reader", "Reader", "looks things up", READ),
        Role("auditor", "Auditor", "looks, signs off, and takes lists along", AUDIT),
        Role("support", "Support", "corrects values and expiries", CORRECT),
        Role(
            "editor",
            "Editor",
            "changes, creates and deletes",
            KEEP_UP - {Verb.REVEAL, Verb.BRING_IN},
        ),
        Role("maintainer", "Maintainer", "does all that there is to do with keys", KEEP_UP),
        Role(
            "admin",
            "Admin",
            "does everything, and decides who may do what",
            KEEP_UP | {Verb.ADMINISTER},
        ),
    )
}
"""From the least to the most."""


def least_role_for(verb: Verb) -> Role:
    """The role that allows `verb` and otherwise as little as possible."""
    return next(role for role in ROLES.values() if verb in role.verbs)
