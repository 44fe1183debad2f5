"""What a form needs back and must not carry: bytes with secrets in them, and large ones."""

from typing import ClassVar

from django.conf import settings
from django.db import models

__all__ = ["KeptDraft"]


class KeptDraft(models.Model):
    """The bytes that somebody's form for a key was made from, or that were made for it.

    `digest` is the name that the form carries instead. Only this person's forms for this key get
    them back, for a day, and only the newest few are kept.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    store = models.CharField(max_length=64)
    key_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    data = models.BinaryField()
    at = models.DateTimeField(db_index=True)

    objects: ClassVar[models.Manager["KeptDraft"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "store", "key_digest", "digest"], name="one_draft_of_a_form"
            ),
        ]

    def __str__(self) -> str:
        return f"{len(bytes(self.data))} bytes for a form of {self.person_id} in {self.store}"
