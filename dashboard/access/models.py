"""What an admin gave to whom, and the links that let a person in for the first time."""

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q

from dashboard.access.places import EVERYWHERE, Place
from dashboard.access.roles import ROLES

__all__ = ["Grant", "SignInLink"]


class Grant(models.Model):
    """A role given to a person or to a group, somewhere."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="grants", null=True, blank=True
    )
    group = models.ForeignKey(Group, models.CASCADE, related_name="grants", null=True, blank=True)
    role = models.CharField(max_length=32, choices=[(r.name, r.label) for r in ROLES.values()])
    store = models.CharField(max_length=64, default=EVERYWHERE)
    where = models.CharField(max_length=255, default=EVERYWHERE)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(person=None, group__isnull=False) | Q(person__isnull=False, group=None),
                name="a_grant_is_for_a_person_or_a_group",
            ),
            models.UniqueConstraint(
                fields=["person", "role", "store", "where"], name="one_grant_of_a_role_to_a_person"
            ),
            models.UniqueConstraint(
                fields=["group", "role", "store", "where"], name="one_grant_of_a_role_to_a_group"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} for {self.person or self.group} on {self.store}/{self.where}"

    @property
    def place(self) -> Place:
        return Place(self.store, self.where)


class SignInLink(models.Model):
    """A link that signs one person in, once. Only a digest of its secret is kept."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"sign-in link for {self.person}"
