"""What lasts of findings: which somebody has put aside, and what was seen that they rest on."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from dashboard.keyed import Keyed
from storage_core.keys import key_from_bytes

__all__ = ["Dismissal", "DriftSeen", "HourSeen", "KindSeen", "Vigil"]


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


class KindOfKey(Keyed):
    """A kind that a value had, and when that was noticed: what both tables below are made of."""

    kind = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        abstract = True


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
    """What a value was when it was last seen to be another kind than before, or at all.

    `first_size` are the bytes that it had at the first look; None in what older versions wrote.
    """

    first_size = models.PositiveBigIntegerField(null=True)

    objects: ClassVar[models.Manager["KindSeen"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "key_digest"], name="one_kind_of_a_key"),
        ]

    def __str__(self) -> str:
        return f"{self.stored_key!r} in {self.store} is {self.kind}"


class HourSeen(models.Model):
    """What was seen of a namespace in one hour (empty: of the shared keys).

    `keys` and `size` (bytes) are how large it was at its first change of that hour, `measured_at`.
    """

    store = models.CharField(max_length=64)
    place_digest = models.CharField(max_length=64)
    namespace = models.BinaryField()
    hour = models.DateTimeField()
    changes = models.PositiveBigIntegerField()
    removed = models.PositiveBigIntegerField()
    measured_at = models.DateTimeField(null=True)
    keys = models.PositiveBigIntegerField(null=True)
    size = models.PositiveBigIntegerField(null=True)

    objects: ClassVar[models.Manager["HourSeen"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["store", "hour", "place_digest"], name="one_row_of_an_hour"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.changes} changes in {self.namespace!r} of {self.store}, {self.hour}"

    @property
    def place(self) -> str | None:
        """The namespace; None for the shared keys."""
        return key_from_bytes(bytes(self.namespace)) or None


class Vigil(models.Model):
    """A span of time in which a web process watched a store without a break."""

    store = models.CharField(max_length=64)
    since = models.DateTimeField()
    until = models.DateTimeField()

    objects: ClassVar[models.Manager["Vigil"]] = models.Manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["store", "until"], name="last_vigils")]

    def __str__(self) -> str:
        return f"{self.store} was watched from {self.since} until {self.until}"
