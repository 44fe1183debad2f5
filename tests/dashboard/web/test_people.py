"""People, as admins see and add them."""

import re

import pytest
from django.contrib.auth.models import Group, User
from django.db import DatabaseError
from django.test import AsyncClient

from dashboard.access import Verb, rights_of
from dashboard.access.models import Grant
from dashboard.journal.models import Deed, Entry
from tests.dashboard.web.conftest import KARMA

HTMX = {"HX-Request": "true", "HX-Target": "opens"}


@pytest.fixture
def admin(cast) -> AsyncClient:
    return cast["admin"]


async def person_at(name: str) -> tuple[User, str]:
    user = await User.objects.aget(username=name)
    return user, f"/people/{user.pk}/"


async def added(admin, name="mina", **given):
    fields = {"name": name, "role": "support", "store": "prod", "where": KARMA, "do": "add"}
    answer = await admin.post("/people/", fields | given)
    return answer, answer.content.decode()


async def last_said() -> str:
    return (await Entry.objects.alatest("index")).note


async def test_a_new_person_holds_the_role_at_the_place_and_comes_by_the_link(prod, admin):
    _, page = await added(admin)
    mina, _ = await person_at("mina")
    rights = await rights_of(mina)
    assert rights.may(Verb.EDIT, "prod", KARMA)
    assert not rights.may(Verb.SEE_NAMES, "prod", None)
    link = re.search(r'value="http://testserver(/sign-in/[^"]+/)"', page)[1]
    browser = AsyncClient()
    assert (await browser.get(link))["Location"] == "/"
    assert (await browser.get("/account/")).status_code == 200


async def test_the_link_is_shown_once_and_not_on_record(prod, admin):
    _, page = await added(admin)
    secret = re.search(r"/sign-in/([^/]+)/", page)[1]
    assert secret not in (await admin.get("/people/")).content.decode()
    assert not await Entry.objects.filter(note__contains=secret).aexists()
    assert await last_said() == f"Added mina as support on prod, {KARMA}."


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": "admin"}, "There is a person called admin already."),
        ({"name": "ADMIN"}, "There is a person called ADMIN already."),
        ({"name": ""}, "A name has letters"),
        ({"name": "<b>"}, "A name has letters"),
        ({"name": "x" * 151}, "at most 150 characters"),
        ({"store": "nowhere"}, "There is no store called nowhere."),
        ({"where": "karma"}, "names no place"),
        ({"role": "emperor"}, "Choose a role."),
    ],
    ids=str,
)
async def test_what_cannot_be_is_said_and_adds_nobody(prod, admin, given, said):
    before = await User.objects.acount()
    answer, page = await added(admin, **given)
    assert answer.status_code == 422
    assert said in page
    assert (await User.objects.acount(), await Grant.objects.acount()) == (before, 3)


async def test_without_a_record_nobody_is_added(prod, admin, monkeypatch):
    def full(entry):
        raise DatabaseError("database or disk is full")

    monkeypatch.setattr("dashboard.journal.chain.append", full)
    answer, page = await added(admin)
    assert answer.status_code == 503
    assert "without a record nothing is changed" in page
    assert not await User.objects.filter(username="mina").aexists()


async def test_what_a_role_would_open_is_shown_with_counts_and_gives_nothing(prod, admin):
    address = "/people/grants/?role=support&store=prod&where=acme.plugins.karma.*"
    page = (await admin.get(address, headers=HTMX)).content.decode()
    assert page.startswith('<div class="opens"')
    assert "2 keys in 1 place now" in page
    assert "Karma" in page
    assert "Standup" not in page
    assert await Grant.objects.acount() == 3


async def test_a_role_is_given_and_taken_away_on_record(prod, admin):
    nobody, address = await person_at("nobody")
    await admin.post(address, {"do": "give", "role": "reader", "store": "prod", "where": ""})
    assert await last_said() == "Gave nobody reader on prod."
    assert (await rights_of(nobody)).may(Verb.SEE_VALUES, "prod", KARMA)
    grant = await Grant.objects.aget(person=nobody)
    await admin.post(address, {"do": "take", "grant": grant.pk})
    assert await last_said() == "Took reader on prod from nobody."
    assert not (await rights_of(nobody)).allowances
    kinds = {entry.deed async for entry in Entry.objects.all()}
    assert kinds == {Deed.RIGHTS}


async def test_a_role_of_somebody_else_is_not_taken_by_its_number(prod, admin):
    _, address = await person_at("nobody")
    theirs = await Grant.objects.aget(person__username="reader")
    answer = await admin.post(address, {"do": "take", "grant": theirs.pk})
    assert answer.status_code == 422
    assert await Grant.objects.filter(pk=theirs.pk).aexists()


@pytest.mark.parametrize("do", ["disable", "take"])
async def test_the_last_admin_stays(prod, admin, do):
    user, address = await person_at("admin")
    grant = await Grant.objects.aget(person=user)
    answer = await admin.post(address, {"do": do, "grant": grant.pk})
    assert answer.status_code == 422
    assert (await rights_of(await User.objects.aget(pk=user.pk))).administers


async def test_an_admin_by_group_keeps_the_group_and_the_membership(prod, admin):
    user, address = await person_at("admin")
    crew = await Group.objects.acreate(name="crew")
    await user.groups.aadd(crew)
    await Grant.objects.filter(person=user).aupdate(person=None, group=crew)
    for target, do in ((address, "leave"), (f"/people/groups/{crew.pk}/", "remove")):
        answer = await admin.post(target, {"do": do, "group": crew.pk})
        assert answer.status_code == 422
    assert (await rights_of(user)).administers


async def test_a_disabled_person_is_shown_the_way_in_and_comes_back_with_the_same_rights(
    prod, admin, cast
):
    user, address = await person_at("reader")
    await admin.post(address, {"do": "disable"})
    assert (await cast["reader"].get("/prod/")).status_code == 302
    await admin.post(address, {"do": "enable"})
    assert (await cast["reader"].get("/prod/")).status_code == 302  # the session has ended
    back = await User.objects.aget(pk=user.pk)
    assert (await rights_of(back)).may(Verb.SEE_VALUES, "prod", KARMA)


async def test_a_new_link_ends_the_one_before_and_none_is_made_for_the_disabled(prod, admin):
    _, address = await person_at("reader")
    pages = [(await admin.post(address, {"do": "link"})).content.decode() for _ in range(2)]
    first, second = (re.search(r"(/sign-in/[^/]+/)", page)[1] for page in pages)
    assert (await AsyncClient().get(first)).status_code == 403
    await admin.post(address, {"do": "disable"})
    assert (await AsyncClient().get(second)).status_code == 403
    assert (await admin.post(address, {"do": "link"})).status_code == 422


async def test_a_group_gives_its_roles_to_whoever_is_put_in(prod, admin):
    await admin.post("/people/groups/", {"name": "crew"})
    crew = await Group.objects.aget()
    nobody, _ = await person_at("nobody")
    address = f"/people/groups/{crew.pk}/"
    await admin.post(address, {"do": "give", "role": "support", "store": "prod", "where": "shared"})
    await admin.post(address, {"do": "join", "person": nobody.pk})
    assert (await rights_of(nobody)).may(Verb.EDIT, "prod", None)
    await admin.post(address, {"do": "remove"})
    assert not (await rights_of(nobody)).allowances
    said = [entry.note async for entry in Entry.objects.order_by("index")]
    assert said == [
        "Made the group crew.",
        "Gave the group crew support on prod, shared.",
        "Put nobody into the group crew.",
        "Removed the group crew.",
    ]


@pytest.mark.parametrize("address", ["/people/", "/people/groups/", "/people/grants/"])
async def test_the_pages_name_who_holds_what(prod, admin, address):
    crew = await Group.objects.acreate(name="crew")
    await Grant.objects.acreate(group=crew, role="support", store="prod", where=KARMA)
    await (await User.objects.aget(username="reader")).groups.aadd(crew)
    page = (await admin.get(address)).content.decode()
    assert "crew" in page
    assert "reader" in page


async def test_a_person_who_is_not_there_is_not_found(prod, admin):
    assert (await admin.get("/people/999/")).status_code == 404
    assert (await admin.get("/people/groups/999/")).status_code == 404


async def test_nothing_of_it_is_in_the_menu_of_others(prod, cast):
    assert 'href="/people/"' in (await cast["admin"].get("/")).content.decode()
    assert 'href="/people/"' not in (await cast["editor"].get("/")).content.decode()


async def test_a_group_may_be_called_by_several_words(admin):
    answer = await admin.post("/people/groups/", {"name": "on call"})
    assert answer.status_code == 303
    assert await Group.objects.filter(name="on call").aexists()
    refused = await admin.post("/people/groups/", {"name": "on/call"})
    assert refused.status_code == 422
