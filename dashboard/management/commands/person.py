"""`manage.py person`: add a person, or change their role, and print a link that lets them in."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.urls import reverse

from dashboard.access import ROLES, people


class Command(BaseCommand):
    help = "Add a person or change their role; print a one-time link to sign in with."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--role", choices=sorted(ROLES), default="reader")

    def handle(self, *_: str, name: str, role: str, **__: Any) -> None:
        person = people.add_person(name, role)
        path = reverse("sign-in-link", args=[people.issue_link(person)])
        self.stdout.write(f"{person} is {ROLES[role].label.lower()}.")
        self.stdout.write(f"This path of the dashboard signs them in, once: {path}")
