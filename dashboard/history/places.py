"""What can be marked «keep history»: a namespace, the shared keys, or a single key."""

import hashlib
from dataclasses import dataclass
from typing import Self

from storage_core.keys import key_to_bytes, namespace_of

__all__ = ["Scope"]


@dataclass(frozen=True, slots=True)
class Scope:
    """The keys of `namespace` (None: the shared ones), or of them the one that `key` names."""

    namespace: str | None
    key: str | None = None

    @classmethod
    def of_key(cls, stored_key: str) -> Self:
        return cls(namespace_of(stored_key), stored_key)

    @property
    def digest(self) -> str:
        """A name for a database's column, which has to be short."""
        kind = "key" if self.key is not None else "shared" if self.namespace is None else "ns"
        name = self.namespace or "" if self.key is None else self.key
        return hashlib.sha256(f"{kind}:".encode() + key_to_bytes(name)).hexdigest()

    def covers(self, stored_key: str) -> bool:
        if self.key is not None:
            return self.key == stored_key
        return self.namespace == namespace_of(stored_key)
