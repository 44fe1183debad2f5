"""What somebody looks for, and what was found."""

from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["Hit", "Question"]


@dataclass(frozen=True, slots=True)
class Question:
    """A text to look for in a store: in `namespace` (None: the shared keys), or in all of it.

    `asked_as` is the role as which an admin looks at the dashboard while asking, empty for none:
    the same text asked as somebody else is another question.
    """

    store: str
    text: str
    namespace: str | None = None
    is_whole_store: bool = True
    asked_as: str = ""

    def is_about(self, namespace: str | None) -> bool:
        """Whether the keys of a namespace are asked about."""
        return self.is_whole_store or self.namespace == namespace


class Hit(NamedTuple):
    """One place in a value where the text is, with what stands around it.

    `path` is written as in Python; empty for the whole value, and for one too long for an address.
    With `is_name` the text is in the name of the place: a key of a dict, a field, a class.
    """

    stored_key: str
    namespace: str | None
    path: str
    is_name: bool
    before: str
    text: str
    after: str
