"""What each kind of person may do."""

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import Http404

from dashboard.access import NO_RIGHTS, Verb, people, rights_of

pytestmark = pytest.mark.django_db(transaction=True)

READS = {Verb.SEE_NAMES, Verb.SEE_VALUES, Verb.SEE_JOURNAL}
WRITES = {Verb.EDIT, Verb.CREATE, Verb.DELETE, Verb.EXPIRE}


@pytest.mark.parametrize(
    ("role", "verbs"),
    [("reader", READS), ("editor", READS | WRITES), ("admin", set(Verb))],
)
async def test_a_role_allows_exactly_its_verbs(role, verbs):
    rights = await rights_of(await sync_to_async(people.add_person)("mina", role))
    assert {verb for verb in Verb if rights.may(verb, "prod", "acme.Karma")} == verbs


async def test_a_person_without_a_grant_may_nothing():
    nobody = await User.objects.acreate(username="nobody")
    assert (await rights_of(nobody)).verbs == frozenset()


async def test_a_superuser_of_django_has_no_rights_by_that():
    root = await User.objects.acreate(username="root", is_superuser=True, is_staff=True)
    assert (await rights_of(root)).verbs == frozenset()


async def test_a_signed_out_person_may_nothing():
    assert await rights_of(AnonymousUser()) == NO_RIGHTS


async def test_a_disabled_admin_may_nothing():
    admin = await sync_to_async(people.add_person)("mina", "admin")
    admin.is_active = False
    assert await rights_of(admin) == NO_RIGHTS


def test_what_a_person_may_not_know_of_is_not_found():
    with pytest.raises(Http404):
        NO_RIGHTS.require(Verb.EDIT, "prod", "acme.Karma")


async def test_what_a_person_may_not_do_is_refused_with_the_role_that_is_missing():
    rights = await rights_of(await sync_to_async(people.add_person)("mina", "reader"))
    with pytest.raises(PermissionDenied, match=r"edit values.*editor"):
        rights.require(Verb.EDIT, "prod", "acme.Karma")
