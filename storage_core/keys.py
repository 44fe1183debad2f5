"""How a plugin's key becomes a stored key, and back: the only file that knows the colon.

Slack Machine stores a plugin's key as `<fully qualified class name>:<key>` and a shared key as it
is, without escaping. A fully qualified class name has at least one dot, so `rbac:role:admin` is a
shared key, and `acme.plugins.Karma:a:b` is the key `a:b` of the plugin `acme.plugins.Karma`.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

__all__ = [
    "WRITERS",
    "KeyRef",
    "key_from_bytes",
    "key_to_bytes",
    "namespace_of",
    "report_of",
    "reported",
]

SEPARATOR = ":"
WRITERS = "cubbyhole.Writers"
"""The namespace of reports about who writes a shared key: each is told by the name of its key."""


@lru_cache(maxsize=4096)
def is_namespace(text: str) -> bool:
    """Whether `text` is spelled like a fully qualified class name: identifiers joined by dots."""
    parts = text.split(".")
    return len(parts) > 1 and all(part.isidentifier() for part in parts)


def namespace_of(stored_key: str) -> str | None:
    """The namespace in front of a stored key, or None for a shared key."""
    head, separator, _ = stored_key.partition(SEPARATOR)
    return head if separator and is_namespace(head) else None


@dataclass(frozen=True, slots=True, order=True)
class KeyRef:
    """One key by name: `namespace` is None for a shared key."""

    namespace: str | None
    key: str

    @classmethod
    def parse(cls, stored_key: str) -> Self:
        """Split a stored key. Every string is a key, so this never fails."""
        namespace = namespace_of(stored_key)
        if namespace is None:
            return cls(None, stored_key)
        return cls(namespace, stored_key[len(namespace) + len(SEPARATOR) :])

    @property
    def stored_key(self) -> str:
        """What the backend is asked for."""
        return self.key if self.namespace is None else f"{self.namespace}{SEPARATOR}{self.key}"

    @property
    def is_shared(self) -> bool:
        return self.namespace is None


def key_from_bytes(raw: bytes) -> str:
    """A stored key as text. Bytes that are no UTF-8 become lone surrogates, so nothing is lost."""
    return raw.decode("utf-8", "surrogateescape")


def key_to_bytes(stored_key: str) -> bytes:
    """The bytes of a stored key: the inverse of `key_from_bytes`."""
    return stored_key.encode("utf-8", "surrogateescape")


def report_of(plugin: str, shared_key: str) -> str:
    """The stored key that says that `plugin` writes `shared_key`."""
    return f"{WRITERS}{SEPARATOR}{plugin}{SEPARATOR}{shared_key}"


def reported(stored_key: str) -> tuple[str, str] | None:
    """The plugin and the shared key of a report; None for a key that is none."""
    report = KeyRef.parse(stored_key)
    if report.namespace != WRITERS:
        return None
    written = KeyRef.parse(report.key)
    return None if written.namespace is None else (written.namespace, written.key)
