"""A person's own page: choosing a password."""

import time

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.test import AsyncClient
from django.urls import reverse

from dashboard.access import people
from dashboard.access.sessions import PROVED_AT

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


async def test_a_page_left_open_for_long_cannot_be_made_somebody_elses(newcomer):
    session = await newcomer.asession()
    await session.aset(PROVED_AT, time.time() - 24 * 3600)
    await session.asave()
    response = await newcomer.post(reverse("account"), NEW)
    assert response.status_code == 422
    assert "ask an admin for a new sign-in link" in response.content.decode()
    assert not await has_password()


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
