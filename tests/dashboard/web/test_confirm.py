"""Typing the password again before what is delicate."""

import time

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient, AsyncRequestFactory

from dashboard.access import people, recently_proved
from dashboard.access.sessions import PROVED_AT
from dashboard.web.proving import proof_first

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "correct horse battery staple"
MINUTE = 60.0


@pytest.fixture
def quick_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
async def mina(quick_hashes) -> AsyncClient:
    """The browser of somebody who signed in an hour ago."""
    person = await sync_to_async(people.add_person)("mina", "admin")
    person.set_password(PASSWORD)
    await person.asave()
    browser = AsyncClient()
    await browser.aforce_login(person)
    await proved(browser, minutes_ago=60)
    return browser


async def proved(browser, minutes_ago: float) -> None:
    session = await browser.asession()
    await session.aset(PROVED_AT, time.time() - minutes_ago * MINUTE)
    await session.asave()


async def request_of(browser):
    request = AsyncRequestFactory().get("/")
    request.session = await browser.asession()
    return request


async def test_a_fresh_sign_in_is_proof_enough_and_an_old_one_is_not(mina):
    assert not await recently_proved(await request_of(mina))
    await proved(mina, minutes_ago=14)
    assert await recently_proved(await request_of(mina))
    assert await proof_first(await request_of(mina), "/prod/") is None


async def test_whoever_signs_in_has_just_proved_who_they_are(mina):
    browser = AsyncClient()
    await browser.post("/sign-in/", {"username": "mina", "password": PASSWORD})
    assert await recently_proved(await request_of(browser))


async def test_an_old_sign_in_is_led_to_the_password_and_back(mina):
    answer = await proof_first(await request_of(mina), "/prod/key/?key=a&raw=1")
    assert answer["Location"] == "/account/confirm/?next=/prod/key/%3Fkey%3Da%26raw%3D1"
    fields = {"password": PASSWORD, "next": "/prod/key/?key=a&raw=1"}
    assert (await mina.post("/account/confirm/", fields))["Location"] == fields["next"]
    assert await recently_proved(await request_of(mina))


async def test_a_wrong_password_proves_nothing_and_is_counted(mina, settings):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = await mina.post("/account/confirm/", {"password": "guess"})
        assert answer.status_code == 422
    answer = await mina.post("/account/confirm/", {"password": PASSWORD})
    assert "Too many tries" in answer.content.decode()
    assert not await recently_proved(await request_of(mina))


async def test_nobody_is_sent_to_another_site(mina):
    fields = {"password": PASSWORD, "next": "https://evil.example/"}
    assert (await mina.post("/account/confirm/", fields))["Location"] == "/"


async def test_whoever_has_no_password_is_told_how_to_get_one(mina):
    person = await sync_to_async(people.add_person)("jon", "reader")
    browser = AsyncClient()
    await browser.aforce_login(person)
    assert "You have no password yet." in (await browser.get("/account/confirm/")).content.decode()
