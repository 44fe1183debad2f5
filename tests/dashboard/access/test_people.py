"""Adding people and letting them in for the first time."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from dashboard.access import people
from dashboard.access.models import SignInLink

pytestmark = pytest.mark.django_db


def test_a_person_holds_exactly_the_role_that_was_given_last():
    people.add_person("mina", "reader")
    mina = people.add_person("mina", "editor")
    assert [grant.role for grant in mina.grants.all()] == ["editor"]


def test_a_new_person_has_no_password_that_could_be_guessed():
    assert not people.add_person("mina", "reader").has_usable_password()


def test_a_role_that_does_not_exist_is_refused_and_adds_nobody():
    with pytest.raises(KeyError):
        people.add_person("mina", "emperor")
    assert not User.objects.exists()


def test_the_first_admin_is_made_once():
    first = people.first_admin()
    assert people.first_admin() == first
    assert User.objects.count() == 1


def test_there_is_no_first_admin_once_one_has_a_password():
    admin = people.first_admin()
    admin.set_password("correct horse battery staple")
    admin.save()
    assert people.first_admin() is None


def test_a_link_lets_its_person_in_once():
    mina = people.add_person("mina", "reader")
    secret = people.issue_link(mina)
    assert people.redeem_link(secret) == mina
    assert people.redeem_link(secret) is None


def test_a_link_is_not_kept_in_a_form_that_signs_anyone_in():
    secret = people.issue_link(people.add_person("mina", "reader"))
    assert secret not in SignInLink.objects.values_list("digest", flat=True)


def test_a_link_that_has_lapsed_lets_nobody_in():
    secret = people.issue_link(people.add_person("mina", "reader"))
    SignInLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert people.redeem_link(secret) is None


def test_a_link_of_a_disabled_person_lets_nobody_in():
    mina = people.add_person("mina", "reader")
    secret = people.issue_link(mina)
    User.objects.filter(pk=mina.pk).update(is_active=False)
    assert people.redeem_link(secret) is None


def test_a_new_link_ends_the_one_before():
    mina = people.add_person("mina", "reader")
    first, second = people.issue_link(mina), people.issue_link(mina)
    assert people.redeem_link(first) is None
    assert people.redeem_link(second) == mina
