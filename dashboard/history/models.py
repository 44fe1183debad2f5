"""Earlier values of keys that somebody marked «keep history», and who is keeping them now.

What people change is in the journal anyway. This is about what the bot writes.
"""

from typing import ClassVar

from django.db import models

from dashboard.keyed import Keyed
from storage_core.keys import key_from_bytes

__all__ = ["Duty", "HistoryMark", "State", "Version"]


class HistoryMark(models.Model):
    """A place whose history is kept: a namespace, the shared keys, or a single key.

    `namespace` is empty for the shared keys, `key` is None unless the mark is on a single key.
    `place_digest` names the place, for a key is bytes of any length. The bounds: `versions` of each
    key, `octets` in all, `largest` is the size from which on a value is not kept (both in bytes),
    `days` is how long a version is kept after another took its place. A mark that has ended stays
    until its versions are gone.
    """

    store = models.CharField(max_length=64)
    place_digest = models.CharField(max_length=64)
    namespace = models.TextField(blank=True)
    key = models.BinaryField(null=True)
    versions = models.PositiveIntegerField()
    octets = models.PositiveBigIntegerField()
    largest = models.PositiveBigIntegerField()
    days = models.PositiveIntegerField()
    since = models.DateTimeField()
    person_name = models.CharField(max_length=150)
    ended_at = models.DateTimeField(null=True)
    versions_kept = models.PositiveBigIntegerField(default=0)
    octets_kept = models.BigIntegerField(default=0)

    objects: ClassVar[models.Manager["HistoryMark"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["store", "place_digest"],
                condition=models.Q(ended_at=None),
                name="one_history_mark_of_a_place",
            ),
        ]

    def __str__(self) -> str:
        return f"history of {self.stored_key or self.namespace or 'shared keys'} in {self.store}"

    @property
    def stored_key(self) -> str | None:
        """The single key that is marked; None for a mark on many."""
        return None if self.key is None else key_from_bytes(bytes(self.key))

    @property
    def key_namespace(self) -> str | None:
        """The namespace of the keys that are marked; None for shared ones."""
        return self.namespace or None


class State(models.TextChoices):
    """What is known of a key at a version."""

    HELD = "held", "kept"
    GONE = "gone", "gone"
    LARGE = "large", "too large to keep"
    OTHER = "other", "no value to keep"


class Version(Keyed):
    """What a key held from a moment on. `data` is None where it was not there or not kept.

    `at` is when the change was seen, `until` when the next one was (None for the newest version),
    `seen_at` when the bytes and `expires_at` (seconds since the epoch, None for never) were read.
    `missed` counts changes seen since the version before of which none is kept. `is_found` says
    that nobody saw the change: it was found when a watcher looked again. `octets` is about what
    the row takes, `size` the bytes of the value. `digest` is the SHA-256 of `data`.
    """

    mark = models.ForeignKey(HistoryMark, models.CASCADE, related_name="kept")
    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    seen_at = models.DateTimeField()
    state = models.CharField(max_length=5, choices=State.choices)
    data = models.BinaryField(null=True)
    size = models.PositiveBigIntegerField()
    octets = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64, blank=True)
    expires_at = models.FloatField(null=True)
    missed = models.PositiveBigIntegerField(default=0)
    is_found = models.BooleanField(default=False)

    objects: ClassVar[models.Manager["Version"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            # Should two processes keep the same key at once, the second finds out here.
            models.UniqueConstraint(
                fields=["store", "key_digest", "number"], name="one_version_of_a_number"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["store", "key_digest", "until"], name="newest_versions"),
            models.Index(fields=["mark", "until", "at"], name="oldest_versions"),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of {self.stored_key!r} in {self.store}"


class Duty(models.Model):
    """Which of several web processes keeps the history of a store, and until when it said so."""

    store = models.CharField(max_length=64, unique=True)
    holder = models.CharField(max_length=32)
    until = models.DateTimeField()

    objects: ClassVar[models.Manager["Duty"]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.holder} keeps the history of {self.store}"
