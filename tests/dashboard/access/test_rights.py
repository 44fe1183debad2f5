"""What each kind of person may do, and where."""

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import AnonymousUser, Group, User
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from dashboard.access import NO_RIGHTS, ROLES, Place, Rights, Verb, people, rights_of
from dashboard.access.models import Grant
from dashboard.access.places import check_where
from dashboard.access.rights import Allowance
from dashboard.journal.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)

KARMA = "acme.plugins.karma.Karma"
READS = {Verb.SEE_NAMES, Verb.SEE_VALUES, Verb.SEE_JOURNAL}
CORRECTS = READS | {Verb.EDIT, Verb.EXPIRE}
AUDITS = READS | {Verb.EXPORT, Verb.REVIEW, Verb.KEEP_HISTORY}
WRITES = CORRECTS | AUDITS | {Verb.CREATE, Verb.DELETE}


async def granted(role, **place):
    mina, _ = await User.objects.aget_or_create(username="mina")
    await Grant.objects.acreate(person=mina, role=role, **place)
    return await rights_of(mina)


@pytest.mark.parametrize(
    ("role", "verbs"),
    [
        ("reader", READS),
        ("auditor", AUDITS),
        ("support", CORRECTS),
        ("editor", WRITES),
        ("maintainer", WRITES | {Verb.REVEAL, Verb.BRING_IN}),
        ("admin", set(Verb)),
    ],
)
async def test_a_role_allows_exactly_its_verbs(role, verbs):
    rights = await rights_of(await sync_to_async(people.add_person)("mina", role))
    assert {verb for verb in Verb if rights.may(verb, "prod", KARMA)} == verbs


def test_every_role_is_tried_above():
    tried = test_a_role_allows_exactly_its_verbs.pytestmark[0].args[1]
    assert [role for role, _ in tried] == list(ROLES)


@pytest.mark.parametrize(
    ("where", "covered"),
    [
        ("*", {KARMA, "acme.plugins.karmic.Other", "acme.plugins.polls.Polls", None}),
        ("shared", {None}),
        (KARMA, {KARMA}),
        ("acme.plugins.*", {KARMA, "acme.plugins.karmic.Other", "acme.plugins.polls.Polls"}),
        ("acme.plugins.karma.*", {KARMA}),
    ],
)
async def test_a_grant_covers_exactly_its_place(where, covered):
    rights = await granted("reader", store="prod", where=where)
    places = {KARMA, "acme.plugins.karmic.Other", "acme.plugins.polls.Polls", None}
    assert {ns for ns in places if rights.may(Verb.SEE_VALUES, "prod", ns)} == covered
    assert not any(rights.may(Verb.SEE_NAMES, "staging", ns) for ns in places)


async def test_a_part_of_a_store_is_somewhere_and_not_everywhere():
    rights = await granted("reader", store="prod", where=KARMA)
    assert rights.may_somewhere(Verb.SEE_NAMES, "prod")
    assert not rights.may_everywhere(Verb.SEE_NAMES, "prod")
    assert not rights.may_somewhere(Verb.SEE_NAMES, "staging")


async def test_an_admin_of_one_store_does_not_decide_who_may_do_what():
    assert not (await granted("admin", store="prod")).administers


async def test_a_group_gives_its_grants_to_its_members():
    crew = await Group.objects.acreate(name="crew")
    mina, jon = [await User.objects.acreate(username=name) for name in ("mina", "jon")]
    await mina.groups.aadd(crew)
    await Grant.objects.acreate(group=crew, role="support", store="prod")
    assert (await rights_of(mina)).may(Verb.EDIT, "prod", KARMA)
    assert not (await rights_of(jon)).may(Verb.SEE_NAMES, "prod", KARMA)


@pytest.mark.parametrize(
    "where", ["", "karma", "acme.*.Karma", "*.Karma", "a b.C", ".*", "acme.K:"]
)
def test_a_place_that_could_not_match_anything_is_refused_in_words(where):
    with pytest.raises(ValueError, match="names no place"):
        check_where(where)


async def test_a_person_without_a_grant_may_nothing():
    nobody = await User.objects.acreate(username="nobody")
    assert await rights_of(nobody) == NO_RIGHTS


async def test_a_superuser_of_django_has_no_rights_by_that():
    root = await User.objects.acreate(username="root", is_superuser=True, is_staff=True)
    assert await rights_of(root) == NO_RIGHTS


async def test_a_signed_out_person_may_nothing():
    assert await rights_of(AnonymousUser()) == NO_RIGHTS


async def test_a_disabled_admin_may_nothing():
    admin = await sync_to_async(people.add_person)("mina", "admin")
    admin.is_active = False
    assert await rights_of(admin) == NO_RIGHTS


def test_what_a_person_may_not_know_of_is_not_found():
    with pytest.raises(Http404):
        NO_RIGHTS.require(Verb.EDIT, "prod", KARMA)
    with pytest.raises(Http404):
        NO_RIGHTS.require_somewhere(Verb.EDIT, "prod")


async def test_what_a_person_may_not_do_is_refused_with_the_role_that_is_missing():
    rights = await granted("reader")
    with pytest.raises(PermissionDenied, match=r"edit values.*support"):
        rights.require(Verb.EDIT, "prod", KARMA)


PLACES = [Place("prod", "*"), Place("prod", "shared"), Place("prod", KARMA)]
PLACES += [Place("prod", "acme.plugins.*"), Place(), Place("*", "shared"), Place("staging", "*")]


@pytest.mark.parametrize("place", PLACES, ids=repr)
async def test_the_rows_of_a_place_are_those_that_it_covers(place):
    others = [KARMA, "acme.plugins.Polls", "acme.pluginsx.Polls", "Acme.plugins.Polls", ""]
    for store in ("prod", "staging"):
        for number, namespace in enumerate(others):
            await Entry.objects.acreate(
                index=len(others) * (store == "prod") + number,
                at=timezone.now(),
                store=store,
                namespace=namespace,
            )
    rights = Rights((Allowance(ROLES["reader"], place),))
    found = Entry.objects.filter(rights.rows(Verb.SEE_JOURNAL))
    seen = {(entry.store, entry.namespace) async for entry in found}
    wanted = {(s, n) for s in ("prod", "staging") for n in others if place.covers(s, n or None)}
    assert seen == wanted
    assert not await Entry.objects.filter(NO_RIGHTS.rows(Verb.SEE_JOURNAL)).aexists()


async def test_looking_as_another_role_never_adds_a_right():
    admin = await rights_of(await sync_to_async(people.add_person)("root", "admin"))
    seen = admin.seen_as(ROLES["reader"], Place("prod", KARMA))
    assert seen.may(Verb.SEE_VALUES, "prod", KARMA)
    assert not seen.may(Verb.EDIT, "prod", KARMA)
    assert not seen.may(Verb.SEE_NAMES, "prod", None)
    support = await granted("support", store="prod")
    assert not support.seen_as(ROLES["admin"], Place()).may(Verb.SEE_NAMES, "prod", KARMA)
