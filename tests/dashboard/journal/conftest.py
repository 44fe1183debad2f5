"""A journal with something in it."""

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from dashboard.journal import chain
from dashboard.journal.models import Answer, Deed, Entry, Kind


def intent(**facts) -> Entry:
    return Entry(
        **{
            "at": timezone.now(),
            "kind": Kind.INTENT,
            "store": "prod",
            "key": b"acme.Karma:\xff",
            "deed": Deed.EDIT,
            "before": b"old",
            "after": b"new",
            **facts,
        }
    )


def outcome(of: Entry, **facts) -> Entry:
    given = {"at": timezone.now(), "kind": Kind.OUTCOME, "about": of, "answer": Answer.SAVED}
    return Entry(**{**given, **facts})


@pytest.fixture
def entries() -> list[Entry]:
    """Three changes with their outcomes, by a person."""
    mina = User.objects.create(username="mina")
    found = []
    for number in range(3):
        one = chain.append(intent(person=mina, reason=f"№ {number}"))
        found += [one, chain.append(outcome(one))]
    return found
