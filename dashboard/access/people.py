"""Adding people, giving them a role, and letting them in for the first time."""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.models import User
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dashboard.access.models import Grant, SignInLink
from dashboard.access.places import EVERYWHERE
from dashboard.access.roles import ROLES

__all__ = [
    "LINK_LASTS",
    "Refused",
    "add_person",
    "admins",
    "check_name",
    "disable",
    "enable",
    "first_admin",
    "issue_link",
    "keep_an_admin",
    "new_person",
    "redeem_link",
]

LINK_LASTS = timedelta(hours=24)
LONGEST_NAME = 150


class Refused(ValueError):
    """A change of people or rights that is not made, with a sentence that says why."""


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


def check_name(name: str) -> str:
    """A name that a person can have. Raises Refused."""
    try:
        UnicodeUsernameValidator()(name)
    except ValidationError:
        raise Refused("A name has letters, digits and any of @ . + - _ in it.") from None
    if len(name) > LONGEST_NAME:
        raise Refused(f"A name has at most {LONGEST_NAME} characters.")
    return name


@transaction.atomic
def new_person(name: str) -> User:
    """A person who may nothing yet. Raises Refused for a name that is taken or cannot be one."""
    check_name(name)
    if User.objects.filter(username__iexact=name).exists():
        raise Refused(f"There is a person called {name} already.")
    person = User(username=name)
    person.set_unusable_password()
    person.save()
    return person


def admins() -> list[User]:
    """Those who decide about rights and can sign in, by name."""
    grants = Grant.objects.filter(role="admin", store=EVERYWHERE, where=EVERYWHERE)
    return sorted(
        {
            *User.objects.filter(is_active=True, grants__in=grants),
            *User.objects.filter(is_active=True, groups__grants__in=grants),
        },
        key=lambda person: person.username,
    )


def keep_an_admin() -> None:
    """Raise Refused if there is no admin left, within the transaction that took the last one."""
    if not admins():
        raise Refused("There has to be an admin. Make somebody else one first.")


@transaction.atomic
def disable(person: User) -> None:
    """Let a person do nothing any more. Raises Refused for the last admin."""
    User.objects.filter(pk=person.pk).update(is_active=False)
    SignInLink.objects.filter(person=person).delete()
    keep_an_admin()


def enable(person: User) -> None:
    """Let a disabled person in again, with the rights that they had."""
    User.objects.filter(pk=person.pk).update(is_active=True)


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
