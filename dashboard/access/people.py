"""Adding people, giving them a role, and letting them in for the first time."""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from dashboard.access.models import Grant, SignInLink
from dashboard.access.roles import ROLES

__all__ = ["LINK_LASTS", "add_person", "first_admin", "issue_link", "redeem_link"]

LINK_LASTS = timedelta(hours=24)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def add_person(name: str, role: str) -> User:
    """The person called `name`, made if new, holding exactly `role`, in every store.

    Raises KeyError for a role that is not in `ROLES`.
    """
    role = ROLES[role].name
    person, is_new = User.objects.get_or_create(username=name)
    if is_new:
        person.set_unusable_password()
        person.save()
    Grant.objects.filter(person=person).delete()
    Grant.objects.create(person=person, role=role)
    return person


def first_admin() -> User | None:
    """An admin who has not set a password yet, made if there is no admin at all; else None."""
    admins = User.objects.filter(grants__role="admin", is_active=True)
    if not admins.exists():
        return add_person("admin", "admin")
    waiting = [person for person in admins if not person.has_usable_password()]
    return waiting[0] if waiting and len(waiting) == admins.count() else None


def issue_link(person: User) -> str:
    """The secret of a new one-time link. Earlier unused links of the person stop working."""
    secret = secrets.token_urlsafe(32)
    SignInLink.objects.filter(person=person).delete()
    SignInLink.objects.create(
        person=person, digest=digest_of(secret), expires_at=timezone.now() + LINK_LASTS
    )
    return secret


def redeem_link(secret: str) -> User | None:
    """The person whom this link lets in, or None. Deleting the row is what makes it one-time."""
    link = SignInLink.objects.select_related("person").filter(digest=digest_of(secret)).first()
    if link is None:
        return None
    used, _ = SignInLink.objects.filter(pk=link.pk).delete()
    is_valid = used and link.expires_at > timezone.now() and link.person.is_active
    return link.person if is_valid else None
