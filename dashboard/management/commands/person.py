"""`manage.py person`: add a person, or change their role, and print a link that lets them in."""

from argparse import ArgumentParser
from typing import Any, Final

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse

from dashboard.access import ROLES, people
from dashboard.journal import chain
from dashboard.journal.models import Deed
from dashboard.journal.recorder import Note, entry_of

FIRST_ROLE: Final = "reader"
"""What somebody is who is new, if nothing else is said."""


class Command(BaseCommand):
    help = "Add a person or change their role; print a one-time link to sign in with."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument(
            "--role",
            choices=sorted(ROLES),
            help=f"on all stores, in place of what they had; without it somebody new is a"
            f" {FIRST_ROLE}, and whoever is there already keeps what they have",
        )
        parser.add_argument(
            "--leave-no-admin",
            action="store_true",
            help="give another role even to the last admin",
        )

    @transaction.atomic
    def handle(self, *_: str, name: str, role: str | None, leave_no_admin: bool, **__: Any) -> None:
        person = User.objects.filter(username=name).first()
        if person is None or role is not None:
            role = role or FIRST_ROLE
            person = given(name, role, may_be_last=leave_no_admin)
            said = f"{person} is {ROLES[role].label.lower()}."
            text = f"Gave {person} {role} on all stores and nothing else, in the server's shell."
        else:
            said = f"{person} keeps the role that they have."
            text = f"Made a link that signs {person} in, in the server's shell."
        if not person.is_active:
            raise CommandError(f"{person} is disabled, and a link would not let them in.")
        path = reverse("sign-in-link", args=[people.issue_link(person)])
        chain.append(entry_of(Note(None, None, Deed.RIGHTS, text)))
        self.stdout.write(said)
        self.stdout.write(f"This path of the dashboard signs them in, once: {path}")


def given(name: str, role: str, *, may_be_last: bool) -> User:
    """The person, with the role. Raises CommandError for the last admin, unless they may be it."""
    had_one = bool(people.admins())
    person = people.add_person(name, role)
    if had_one and not may_be_last and not people.admins():
        raise CommandError(
            f"{person} is the last admin. Make somebody else one first, or say --leave-no-admin."
        )
    return person
