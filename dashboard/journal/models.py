"""The journal's rows. Both tables are only ever added to.

An `Intent` is durable before the store is touched; each `Outcome` says what became of it. An intent
without an outcome is one whose process ended in between.
"""

import hashlib
from typing import ClassVar

from django.conf import settings
from django.db import models

from storage_core.keys import KeyRef, key_from_bytes, key_to_bytes

__all__ = ["Answer", "Deed", "Intent", "Outcome", "digest_of_key"]


class Deed(models.TextChoices):
    """What a person set out to do."""

    EDIT = "edit", "edited"
    CREATE = "create", "created"
    DELETE = "delete", "deleted"
    EXPIRE = "expire", "changed the expiry of"


class Answer(models.TextChoices):
    """What became of it."""

    SAVED = "saved", "done"
    CHANGED = "changed", "not done: the value had changed"
    GONE = "gone", "not done: the key was gone"
    REFUSED = "refused", "refused"
    FAILED = "failed", "not done: the store did not answer"
    UNKNOWN = "unknown", "not confirmed"


def digest_of_key(stored_key: str) -> str:
    """A key as an indexable name: keys are bytes of any length, which no text column holds."""
    return hashlib.sha256(key_to_bytes(stored_key)).hexdigest()


class Intent(models.Model):
    """What a person set out to do to one key, with the bytes before and after."""

    at = models.DateTimeField(db_index=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    person_name = models.CharField(max_length=150)
    address = models.GenericIPAddressField(null=True)
    store = models.CharField(max_length=64)
    key = models.BinaryField()
    key_digest = models.CharField(max_length=64)
    deed = models.CharField(max_length=16, choices=Deed.choices)
    reason = models.TextField(blank=True)
    before = models.BinaryField(null=True)
    before_expires_at = models.FloatField(null=True)
    after = models.BinaryField(null=True)
    keeps_expiry = models.BooleanField()
    after_expires_at = models.FloatField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["store", "key_digest", "-at"])]

    def __str__(self) -> str:
        return f"{self.person_name} {self.get_deed_display()} {self.stored_key!r} in {self.store}"

    @property
    def stored_key(self) -> str:
        return key_from_bytes(bytes(self.key))

    @property
    def ref(self) -> KeyRef:
        return KeyRef.parse(self.stored_key)


class Outcome(models.Model):
    """What became of an intent. A later row about the same intent settles an earlier `unknown`."""

    intent = models.ForeignKey(Intent, models.PROTECT, related_name="outcomes")
    at = models.DateTimeField()
    answer = models.CharField(max_length=16, choices=Answer.choices)
    note = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.get_answer_display()} at {self.at:%H:%M:%S}"
