"""The journal's one table, only ever added to.

An entry of the kind `intent` is durable before the store is touched; entries of the kind `outcome`
say what became of it. What changes no store (a value revealed, a list taken along, rights given) is
one entry of the kind `noted`. Each entry is sealed together with the one before it (see `chain`),
so none can be altered, removed or moved unseen. A new column would break the seals of old entries.
"""

from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models

from storage_core.keys import KeyRef, key_from_bytes

__all__ = ["Answer", "ChainHead", "Deed", "Entry", "Kind"]


class Kind(models.TextChoices):
    """What an entry is there for."""

    INTENT = "intent"
    OUTCOME = "outcome"
    NOTED = "noted"
    PRUNING = "pruning"


class Deed(models.TextChoices):
    """What a person set out to do; the label reads between their name and the key's."""

    EDIT = "edit", "edited"
    CREATE = "create", "created"
    DELETE = "delete", "deleted"
    EXPIRE = "expire", "changed the expiry of"
    RESTORE = "restore", "restored"
    REVEAL = "reveal", "revealed"
    EXPORT = "export", "exported"
    REVIEW = "review", "reviewed"
    DISMISS = "dismiss", "dismissed"
    HISTORY = "history", "set what history is kept of"
    RIGHTS = "rights", "changed who may do what"
    LOOK_AS = "look_as", "looked as somebody else"
    PRUNE = "prune", "removed old entries"


class Answer(models.TextChoices):
    """What became of it."""

    SAVED = "saved", "done"
    CHANGED = "changed", "not done: the value had changed"
    GONE = "gone", "not done: the key was gone"
    REFUSED = "refused", "refused"
    FAILED = "failed", "not done"
    UNKNOWN = "unknown", "not confirmed"


class Entry(models.Model):
    """One thing that is on record. What its kind does not need stays empty."""

    index = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=Kind.choices)

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    person_name = models.CharField(max_length=150, blank=True)
    address = models.GenericIPAddressField(null=True)
    store = models.CharField(max_length=64, blank=True)
    namespace = models.TextField(blank=True)
    key = models.BinaryField(default=b"")
    key_digest = models.CharField(max_length=64, blank=True)
    deed = models.CharField(max_length=8, choices=Deed.choices, blank=True)
    reason = models.TextField(blank=True)
    before = models.BinaryField(null=True)
    before_expires_at = models.FloatField(null=True)
    after = models.BinaryField(null=True)
    after_expires_at = models.FloatField(null=True)
    keeps_expiry = models.BooleanField(default=True)

    about = models.ForeignKey("self", models.PROTECT, related_name="outcomes", null=True)
    answer = models.CharField(max_length=8, choices=Answer.choices, blank=True)
    note = models.TextField(blank=True)

    previous_seal = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["store", "key_digest", "-index"], name="entries_of_a_key"),
            models.Index(fields=["kind", "-index"], name="entries_of_a_kind"),
        ]

    def __str__(self) -> str:
        if self.kind == Kind.INTENT:
            return f"{self.person_name} {self.get_deed_display()} {self.stored_key!r}"
        return f"{self.kind} {self.index}: {self.get_answer_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the entry; an entry that is there is never saved again."""
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        """Refused: old entries go by `chain.prune`, which says so in the journal."""
        raise TypeError("The journal is only added to.")

    @property
    def stored_key(self) -> str:
        return key_from_bytes(bytes(self.key))

    @property
    def ref(self) -> KeyRef:
        return KeyRef.parse(self.stored_key)


class ChainHead(models.Model):
    """The journal's last seal: the row whose lock puts the writers in one line."""

    index = models.BigIntegerField(default=0)
    seal = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return f"entry {self.index}"
