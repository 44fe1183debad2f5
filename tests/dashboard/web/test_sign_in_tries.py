"""Whoever guesses passwords is locked out, by account and by address."""

import pytest
from asgiref.sync import sync_to_async
from axes.models import AccessAttempt
from django.conf import settings
from django.test import AsyncClient
from django.urls import reverse

from dashboard.access import people

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "correct horse battery staple"


@pytest.fixture
async def mina():
    person = await sync_to_async(people.add_person)("mina", "reader")
    await sync_to_async(person.set_password)(PASSWORD)
    await person.asave()
    return person


@pytest.fixture
def quick_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


class FromAnAddress(AsyncClient):
    """A browser at some address; Django's own is always on this machine."""

    address = "192.0.2.1"

    def _base_scope(self, **request):
        return {**super()._base_scope(**request), "client": [self.address, 0]}


async def try_to_sign_in(name="mina", password="guess", address="192.0.2.1"):
    client = FromAnAddress()
    client.address = address
    return await client.post(reverse("sign-in"), {"username": name, "password": password})


async def test_an_account_is_locked_after_many_bad_passwords_from_anywhere(quick_hashes, mina):
    for number in range(settings.AXES_FAILURE_LIMIT):
        await try_to_sign_in(address=f"192.0.2.{number}")
    locked = await try_to_sign_in(password=PASSWORD, address="198.51.100.1")
    assert locked.status_code == 422
    assert "Too many tries" in locked.content.decode()


async def test_an_address_is_locked_after_many_bad_names(quick_hashes, mina):
    for number in range(settings.AXES_FAILURE_LIMIT):
        await try_to_sign_in(name=f"guess{number}")
    locked = await try_to_sign_in(password=PASSWORD)
    elsewhere = await try_to_sign_in(password=PASSWORD, address="198.51.100.1")
    assert (locked.status_code, elsewhere.status_code) == (422, 302)


async def test_a_few_mistakes_and_then_the_right_password_start_the_count_anew(quick_hashes, mina):
    for _ in range(3):
        for _ in range(settings.AXES_FAILURE_LIMIT - 2):
            await try_to_sign_in()
        assert (await try_to_sign_in(password=PASSWORD)).status_code == 302


async def test_many_bad_tries_leave_a_bounded_trace(quick_hashes, mina):
    for _ in range(100):
        await try_to_sign_in()
    assert await AccessAttempt.objects.acount() <= 2
