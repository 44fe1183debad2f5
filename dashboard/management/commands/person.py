"""`manage.py person`: add a person, or change their role, and print a link that lets them in."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.urls import reverse

from dashboard.access import ROLES, people
from dashboard.journal import chain
from dashboard.journal.models import Deed
from dashboard.journal.recorder import Note, entry_of


class Command(BaseCommand):
    help = "Add a person or change their role; print a one-time link to sign in with."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--role", choices=sorted(ROLES), default="reader")

    @transaction.atomic
    def handle(self, *_: str, name: str, role: str, **__: Any) -> None:
        person = people.add_person(name, role)
        path = reverse("sign-in-link", args=[people.issue_link(person)])
        text = f"Gave {person} {role} on all stores and nothing else, in the server's shell."
        chain.append(entry_of(Note(None, None, Deed.RIGHTS, text)))
        self.stdout.write(f"{person} is {ROLES[role].label.lower()}.")
        self.stdout.write(f"This path of the dashboard signs them in, once: {path}")
