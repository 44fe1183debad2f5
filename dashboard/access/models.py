"""What an admin gave to whom, and the links that let a person in for the first time."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from dashboard.access.roles import ROLES

__all__ = ["Grant", "SignInLink"]


class Grant(models.Model):
    """A role given to a person."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="grants")
    role = models.CharField(max_length=32, choices=[(r.name, r.label) for r in ROLES.values()])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "role"], name="one_grant_of_a_role")
        ]

    def __str__(self) -> str:
        return f"{self.role} for {self.person}"


class SignInLink(models.Model):
    """A link that signs one person in, once. Only a digest of its secret is kept."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"sign-in link for {self.person}"
