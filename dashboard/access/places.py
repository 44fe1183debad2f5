"""Where a grant holds: which store, and which of its keys.

`where` is `*` for all keys, `shared` for the keys without a namespace, a namespace, or the start of
one followed by `.*`. A namespace always has a dot, so `shared` cannot be one.
"""

from dataclasses import dataclass
from typing import Final

from django.db.models import Q, Value
from django.db.models.functions import Left
from django.db.models.lookups import Exact

from storage_core.keys import is_namespace

__all__ = ["EVERYWHERE", "SHARED", "Place", "check_where"]

EVERYWHERE: Final = "*"
SHARED: Final = "shared"
BELOW: Final = ".*"


@dataclass(frozen=True, slots=True)
class Place:
    """A store, or `*` for all of them, and the keys in it."""

    store: str = EVERYWHERE
    where: str = EVERYWHERE

    def covers(self, store: str, namespace: str | None) -> bool:
        """Whether the keys of `namespace` (None: the shared keys) are in this place."""
        return self.is_in(store) and covers(self.where, namespace)

    def is_in(self, store: str) -> bool:
        return self.store in (EVERYWHERE, store)

    @property
    def is_whole_store(self) -> bool:
        return self.where == EVERYWHERE

    def rows(self) -> Q:
        """What `covers` says, as a condition on rows with the columns `store` and `namespace`.

        An empty namespace stands for the shared keys. `startswith` would not do: on SQLite it does
        not tell capitals from small letters.
        """
        # Not `Q()` for all: joined to others by «or», Django takes that for nothing.
        condition = Q(pk__isnull=False) if self.store == EVERYWHERE else Q(store=self.store)
        if self.where == SHARED:
            return condition & Q(namespace="")
        if self.where.endswith(BELOW):
            start = self.where[: -len(BELOW)] + "."
            return condition & Q(Exact(Left("namespace", len(start)), Value(start)))
        return condition if self.where == EVERYWHERE else condition & Q(namespace=self.where)


def covers(where: str, namespace: str | None) -> bool:
    if where == EVERYWHERE:
        return True
    if namespace is None:
        return where == SHARED
    if where.endswith(BELOW):
        # With the dot: `acme.a.*` is not about `acme.ab.Plugin`.
        return namespace.startswith(where[: -len(BELOW)] + ".")
    return where == namespace


def check_where(where: str) -> str:
    """`where` as it is, or ValueError with a sentence about how to write it."""
    start = where.removesuffix(BELOW)
    is_start = where.endswith(BELOW) and all(part.isidentifier() for part in start.split("."))
    if where in (EVERYWHERE, SHARED) or is_start or is_namespace(where):
        return where
    raise ValueError(
        f"{where!r} names no place: write * for all keys, shared for the shared keys, a plugin such"
        " as acme.plugins.karma.Karma, or acme.plugins.* for all plugins below it."
    )
