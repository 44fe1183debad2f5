"""`manage.py person`: adding a person and changing their role."""

import re

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from dashboard.access import people
from dashboard.journal.models import Deed, Entry

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


def link_in(said: str) -> str:
    return re.search(r"/sign-in/(\S+)/", said)[1]


def test_somebody_new_is_a_reader():
    call_command("person", "mina")
    assert not people.admins()
    assert [grant.role for grant in User.objects.get(username="mina").grants.all()] == ["reader"]


def test_whoever_is_there_keeps_what_they_have_and_gets_a_link(capsys):
    people.add_person("admin", "admin")
    call_command("person", "admin")
    said = capsys.readouterr().out
    assert "admin keeps the role that they have." in said
    assert people.redeem_link(link_in(said)).username == "admin"
    assert [person.username for person in people.admins()] == ["admin"]
    (line,) = Entry.objects.all()
    assert line.deed == Deed.RIGHTS
    assert "link" in line.note


def test_the_last_admin_stays_one_unless_it_is_asked_for():
    people.add_person("admin", "admin")
    with pytest.raises(CommandError, match="admin is the last admin"):
        call_command("person", "admin", "--role", "reader")
    assert [person.username for person in people.admins()] == ["admin"]
    call_command("person", "admin", "--role", "reader", "--leave-no-admin")
    assert not people.admins()


def test_somebody_who_is_disabled_gets_no_link_that_would_not_work():
    people.add_person("admin", "admin")
    people.disable(people.add_person("mina", "reader"))
    with pytest.raises(CommandError, match="mina is disabled"):
        call_command("person", "mina")


def test_one_of_two_admins_can_become_something_else():
    people.add_person("admin", "admin")
    people.add_person("mina", "admin")
    call_command("person", "admin", "--role", "reader")
    assert [person.username for person in people.admins()] == ["mina"]
