"""`manage.py person`: adding a person and changing their role."""

import re

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from dashboard.access import people

pytestmark = pytest.mark.django_db


def test_a_person_gets_the_role_and_a_link(capsys):
    call_command("person", "mina", "--role", "admin")
    said = capsys.readouterr().out
    assert "mina is admin." in said
    assert people.redeem_link(re.search(r"/sign-in/(\S+)/", said)[1]).username == "mina"


def test_a_role_that_does_not_exist_is_refused():
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("person", "mina", "--role", "emperor")
    assert not User.objects.exists()
