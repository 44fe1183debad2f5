"""What lasts about keys: when they were seen changing, what was reviewed, and who watches them."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models

from dashboard.keyed import Keyed

__all__ = ["Review", "Sighting", "Watch"]


class Sighting(Keyed):
    """When a key was first seen, when last seen changing, and how often. Times are UTC.

    Only shared keys and keys that were seen changing have one. `removed_at` is set while the key is
    gone. `trail` are its last changes, in the form that `dashboard.audit.trail` describes.

    Of a shared key, `digest` (hex, empty where it was not read) and `size` (bytes) are those of its
    value when that was `looked_at`. Where they were others after a time in which nobody watched, it
    changed between `missed_from` and `missed_until`, which is counted as one change.
    """

    is_shared = models.BooleanField()
    first_seen = models.DateTimeField()
    last_changed = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    changes = models.PositiveBigIntegerField(default=0)
    trail = models.JSONField(default=list)
    digest = models.CharField(max_length=32, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    looked_at = models.DateTimeField(null=True)
    missed_from = models.DateTimeField(null=True)
    missed_until = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Sighting"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "key_digest"], name="one_sighting_of_a_key"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["store", "is_shared", "last_changed"], name="oldest_sightings"),
        ]

    def __str__(self) -> str:
        return f"{self.stored_key!r} in {self.store}, {self.changes} changes"

    @property
    def is_last_missed(self) -> bool:
        """Whether nobody saw the last change: it was between `missed_from` and `missed_until`."""
        if self.missed_until is None:
            return False
        return self.last_changed is None or self.last_changed < self.missed_until

    @property
    def changed_until(self) -> datetime | None:
        """When it last changed, or until when it did where nobody saw that."""
        return self.missed_until if self.is_last_missed else self.last_changed


class Review(models.Model):
    """Somebody has looked at the shared keys of a store and found them in order.

    `state` is a JSON object: for each key (its bytes in hex) what it was then, as
    `{"size": bytes, "expires_at": seconds since the epoch or null, "changes": number or null,
    "digest": hex of a digest of the value, "" where it was not read}`.
    """

    store = models.CharField(max_length=64)
    at = models.DateTimeField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True
    )
    person_name = models.CharField(max_length=150)
    remark = models.TextField(blank=True)
    state = models.JSONField()

    objects: ClassVar[models.Manager["Review"]] = models.Manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["store", "-at"], name="last_reviews")]

    def __str__(self) -> str:
        return f"{self.person_name} reviewed {self.store}"


class Watch(Keyed):
    """A person wants to hear of a key. `posts` also tells the team's webhook of its changes.

    `posted_at` is when that was last done: of several web processes, the one that sets it posts.
    `posted_changes` is how many changes of the key were counted by then; None where that is not
    known.
    `failing_since` is when the webhook first did not take it; None since it was last taken.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="watches")
    posts = models.BooleanField(default=False)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()
    posted_at = models.DateTimeField(null=True)
    posted_changes = models.PositiveBigIntegerField(null=True)
    failing_since = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Watch"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "store", "key_digest"], name="one_watch_of_a_key"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["store", "key_digest"], name="watches_of_a_key")]

    def __str__(self) -> str:
        return f"{self.person} watches {self.stored_key!r} in {self.store}"
