"""Rows about one key of a store. Keys are bytes of any length, which no text column holds."""

import hashlib

from django.db import models

from storage_core.keys import KeyRef, key_from_bytes, key_to_bytes

__all__ = ["Keyed", "digest_of_key"]


def digest_of_key(stored_key: str) -> str:
    """A key as a name that an index takes."""
    return hashlib.sha256(key_to_bytes(stored_key)).hexdigest()


class Keyed(models.Model):
    """What models about a key begin with: its bytes, and the digest by which it is found."""

    store = models.CharField(max_length=64)
    key_digest = models.CharField(max_length=64)
    key = models.BinaryField()

    class Meta:
        abstract = True

    @property
    def stored_key(self) -> str:
        return key_from_bytes(bytes(self.key))

    @property
    def ref(self) -> KeyRef:
        return KeyRef.parse(self.stored_key)
