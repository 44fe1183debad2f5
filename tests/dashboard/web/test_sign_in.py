"""Signing in and out, and the first time."""

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient

from dashboard.access import people

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "correct horse battery staple"


@pytest.fixture
async def mina():
    person = await sync_to_async(people.add_person)("mina", "reader")
    person.set_password(PASSWORD)
    await person.asave()
    return person


async def test_a_name_and_its_password_let_a_person_in(mina):
    answer = await AsyncClient().post("/sign-in/", {"username": "mina", "password": PASSWORD})
    assert answer["Location"] == "/"


async def test_the_page_that_was_asked_for_follows(mina):
    fields = {"username": "mina", "password": PASSWORD, "next": "/journal/?before=3"}
    assert (await AsyncClient().post("/sign-in/", fields))["Location"] == "/journal/?before=3"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:x"])
async def test_nobody_is_sent_to_another_site(mina, target):
    fields = {"username": "mina", "password": PASSWORD, "next": target}
    assert (await AsyncClient().post("/sign-in/", fields))["Location"] == "/"


@pytest.mark.parametrize("name", ["mina", "nobody"])
async def test_a_wrong_password_and_an_unknown_name_look_the_same(mina, name):
    answer = await AsyncClient().post("/sign-in/", {"username": name, "password": "wrong"})
    assert answer.status_code == 422
    assert "do not go together" in answer.content.decode()
    assert f'value="{name}"' in answer.content.decode()


async def test_signing_out_ends_the_session(mina):
    browser = AsyncClient()
    await browser.aforce_login(mina)
    assert (await browser.get("/sign-out/")).status_code == 405
    await browser.post("/sign-out/")
    assert (await browser.get("/account/")).status_code == 302


async def test_a_part_that_is_asked_for_after_the_session_ended_reloads_the_page():
    answer = await AsyncClient().get("/journal/", headers={"HX-Request": "true"}, follow=True)
    assert answer["HX-Refresh"] == "true"
    assert answer.content == b""


async def test_whoever_came_by_a_link_can_choose_a_password():
    person = await sync_to_async(people.add_person)("jon", "editor")
    browser = AsyncClient()
    await browser.aforce_login(person)
    assert "Choose a password" in (await browser.get("/account/")).content.decode()
    await browser.post("/account/", {"new": PASSWORD, "again": PASSWORD})
    await person.arefresh_from_db()
    assert await person.acheck_password(PASSWORD)
    assert (await browser.get("/account/")).status_code == 200


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"old": "wrong", "new": PASSWORD + "!", "again": PASSWORD + "!"}, "not this one"),
        ({"old": PASSWORD, "new": PASSWORD + "!", "again": "other"}, "differ"),
        ({"old": PASSWORD, "new": "12345", "again": "12345"}, "too short"),
    ],
)
async def test_a_password_is_changed_only_when_all_is_right(mina, fields, said):
    browser = AsyncClient()
    await browser.aforce_login(mina)
    answer = await browser.post("/account/", fields)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    await mina.arefresh_from_db()
    assert await mina.acheck_password(PASSWORD)
