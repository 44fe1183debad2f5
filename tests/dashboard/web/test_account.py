"""A person's own page: choosing a password."""

import time

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.test import AsyncClient
from django.urls import reverse

from dashboard.access import people
from dashboard.access.sessions import CAME_BY_LINK_AT, FIRST_PASSWORD_WITHIN, PROVED_AT

pytestmark = pytest.mark.django_db(transaction=True)

NEW = {"new": "correct horse battery staple", "again": "correct horse battery staple"}


@pytest.fixture
async def newcomer() -> AsyncClient:
    """Somebody who came by a link and has no password."""
    mina = await sync_to_async(people.add_person)("mina", "reader")
    secret = await sync_to_async(people.issue_link)(mina)
    client = AsyncClient()
    await client.get(reverse("sign-in-link", args=[secret]))
    return client


async def has_password() -> bool:
    return (await User.objects.aget(username="mina")).has_usable_password()


async def test_who_came_by_a_link_chooses_a_password_and_stays_signed_in(newcomer):
    response = await newcomer.post(reverse("account"), NEW)
    assert response.status_code == 302
    assert await has_password()
    assert (await newcomer.get(reverse("account"))).status_code == 200


async def came(browser: AsyncClient, seconds_ago: float) -> None:
    session = await browser.asession()
    for name in (PROVED_AT, CAME_BY_LINK_AT):
        await session.aset(name, time.time() - seconds_ago)
    await session.asave()


async def test_the_first_password_can_be_chosen_hours_after_the_link(newcomer):
    await came(newcomer, FIRST_PASSWORD_WITHIN - 600)
    page = (await newcomer.get(reverse("confirm"))).content.decode()
    assert f'<a class="button main" href="{reverse("account")}">Choose one</a>' in page
    assert (await newcomer.post(reverse("account"), NEW)).status_code == 302
    assert await has_password()


async def test_a_page_left_open_for_long_cannot_be_made_somebody_elses(newcomer):
    await came(newcomer, FIRST_PASSWORD_WITHIN + 600)
    response = await newcomer.post(reverse("account"), NEW)
    assert response.status_code == 422
    assert "Ask an admin for a new one." in response.content.decode()
    assert not await has_password()


async def test_an_admin_whose_link_is_too_old_is_told_the_command(newcomer):
    await sync_to_async(people.add_person)("mina", "admin")
    await came(newcomer, FIRST_PASSWORD_WITHIN + 600)
    for name in ("account", "confirm"):
        page = (await newcomer.get(reverse(name))).content.decode()
        assert "<code>python3 manage.py person mina</code>" in page


async def test_a_session_of_a_link_does_not_change_a_password_that_is_there(newcomer):
    await newcomer.post(reverse("account"), NEW)
    again = {"new": "another long password", "again": "another long password"}
    assert (await newcomer.post(reverse("account"), again)).status_code == 422


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({**NEW, "again": "another"}, "The two new passwords differ."),
        ({"new": "short", "again": "short"}, "too short"),
    ],
)
async def test_a_password_that_will_not_do_is_refused_in_words(newcomer, form, sentence):
    response = await newcomer.post(reverse("account"), form)
    assert (response.status_code, sentence in response.content.decode()) == (422, True)
    assert not await has_password()
