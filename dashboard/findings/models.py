"""What lasts of findings: those that somebody has put aside, kinds and drifts that were seen."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from storage_core.keys import key_from_bytes

__all__ = ["Dismissal", "DriftSeen", "KindSeen"]


class Dismissal(models.Model):
    """A finding was dismissed, or brought back: the last word on it holds. Rows are only added.

    `finding` is the finding's name and `digest` the evidence that was dismissed: with other
    evidence the finding is back, and when what is counted is clearly more than `amount` (None in
    what older versions wrote, whose digest stands for the amount too). `title` is kept to be read
    when the finding itself is gone.
    """

    store = models.CharField(max_length=64)
    finding = models.CharField(max_length=32)
    digest = models.CharField(max_length=32)
    amount = models.BigIntegerField(null=True)
    title = models.TextField()
    is_withdrawn = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True
    )
    person_name = models.CharField(max_length=150)
    at = models.DateTimeField()

    objects: ClassVar[models.Manager["Dismissal"]] = models.Manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["store", "finding", "-id"], name="last_words")]

    def __str__(self) -> str:
        word = "brought back" if self.is_withdrawn else "dismissed"
        return f"{self.person_name} {word} {self.title!r}"


class KindOfKey(models.Model):
    """A kind that a value had, and when that was noticed: what both tables below are made of."""

    store = models.CharField(max_length=64)
    key_digest = models.CharField(max_length=64)
    key = models.BinaryField()
    kind = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        abstract = True

    @property
    def stored_key(self) -> str:
        return key_from_bytes(bytes(self.key))


class DriftSeen(KindOfKey):
    """The kind of a value changed, from `kind`: it can be seen but once, while it happens."""

    objects: ClassVar[models.Manager["DriftSeen"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "key_digest"], name="one_drift_of_a_key"),
        ]

    def __str__(self) -> str:
        return f"{self.stored_key!r} in {self.store} was {self.kind}"


class KindSeen(KindOfKey):
    """What a value was when it was last seen to be another kind than before, or at all."""

    objects: ClassVar[models.Manager["KindSeen"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "key_digest"], name="one_kind_of_a_key"),
        ]

    def __str__(self) -> str:
        return f"{self.stored_key!r} in {self.store} is {self.kind}"
