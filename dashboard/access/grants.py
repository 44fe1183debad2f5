"""Giving and taking roles, and what groups people are in."""

from django.contrib.auth.models import Group, User
from django.db import transaction

from dashboard.access.models import Grant
from dashboard.access.people import Refused, check_name, keep_an_admin
from dashboard.access.places import EVERYWHERE, Place, check_where
from dashboard.access.roles import ROLES

__all__ = ["give", "join", "leave", "new_group", "place_named", "remove_group", "said", "take"]


def place_named(store: str, where: str, stores: list[str]) -> Place:
    """The place that a form names. Raises Refused for one that cannot be."""
    if store != EVERYWHERE and store not in stores:
        raise Refused(f"There is no store called {store}.")
    try:
        return Place(store, check_where(where or EVERYWHERE))
    except ValueError as error:
        raise Refused(str(error)) from None


@transaction.atomic
def give(to: User | Group, role: str, place: Place) -> Grant:
    """A role at a place. Raises Refused if it is there already, or there is no such role."""
    if role not in ROLES:
        raise Refused("Choose a role.")
    whom = {"person": to} if isinstance(to, User) else {"group": to}
    grant, is_new = Grant.objects.get_or_create(
        **whom, role=role, store=place.store, where=place.where
    )
    if not is_new:
        raise Refused(f"{to} has this role there already.")
    return grant


@transaction.atomic
def take(grant: Grant) -> None:
    """Take a role away. Raises Refused if nobody would be left to decide about rights."""
    grant.delete()
    keep_an_admin()


@transaction.atomic
def new_group(name: str) -> Group:
    """A group without members. Raises Refused for a name that is taken or cannot be one."""
    check_name(name.replace(" ", "_"))  # unlike a person's, it may be several words
    if Group.objects.filter(name__iexact=name).exists():
        raise Refused(f"There is a group called {name} already.")
    return Group.objects.create(name=name)


@transaction.atomic
def remove_group(group: Group) -> None:
    """Remove a group with its grants. Raises Refused for the one that the last admin is in."""
    Group.objects.filter(pk=group.pk).delete()
    keep_an_admin()


def join(group: Group, person: User) -> None:
    """Make a person a member."""
    group.user_set.add(person)


@transaction.atomic
def leave(group: Group, person: User) -> None:
    """Take a person out of a group. Raises Refused if that leaves no admin."""
    group.user_set.remove(person)
    keep_an_admin()


def said(grant: Grant) -> str:
    """A grant as the journal says it: `support on prod, acme.plugins.*`."""
    store = "all stores" if grant.store == EVERYWHERE else grant.store
    where = "" if grant.where == EVERYWHERE else f", {grant.where}"
    return f"{grant.role} on {store}{where}"
