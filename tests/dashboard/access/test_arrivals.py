"""Who sent a request: looked up for all that come in the same moment, after they came."""

import asyncio
from types import SimpleNamespace

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError, connection
from django.test import AsyncClient
from django.test.utils import CaptureQueriesContext

from dashboard.access import Verb, arrivals, people
from dashboard.access.models import Grant
from dashboard.access.rights import own_rights_of_request

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def session_key():
    """The key of an editor's session."""
    browser = AsyncClient()
    await browser.aforce_login(await sync_to_async(people.add_person)("mina", "editor"))
    return browser.cookies["sessionid"].value


def request(session_key):
    return SimpleNamespace(session=SessionStore(session_key))


async def test_requests_of_the_same_moment_cost_three_queries_in_all(session_key):
    requests = [request(session_key) for _ in range(100)]
    capture = CaptureQueriesContext(connection)
    await sync_to_async(capture.__enter__)()
    found = await asyncio.gather(*map(arrivals.recognise, requests))
    await sync_to_async(capture.__exit__)(None, None, None)
    assert all(found)
    assert len(await sync_to_async(list)(capture)) == 3


async def test_each_has_a_session_and_a_person_of_its_own(session_key):
    one, other = request(session_key), request(session_key)
    await asyncio.gather(arrivals.recognise(one), arrivals.recognise(other))
    one.session["seen"] = True
    one.user.username = "somebody else"
    assert "seen" not in other.session
    assert (await other.auser()).username == "mina"


async def test_a_request_that_comes_during_a_look_is_answered_by_the_next_one(
    session_key, monkeypatch
):
    """What the look under way has read may be older than the request."""
    looks = []
    people_behind = arrivals.people_behind

    async def look(keys):
        looks.append(found := await people_behind(keys))
        if len(looks) == 1:
            await Grant.objects.all().adelete()
            late.append(asyncio.create_task(arrivals.recognise(after)))
            await asyncio.sleep(0)
        return found

    monkeypatch.setattr(arrivals, "people_behind", look)
    before, after, late = request(session_key), request(session_key), []
    assert await arrivals.recognise(before)
    assert await late[0]
    assert (await own_rights_of_request(before)).may(Verb.EDIT, "prod")
    assert not (await own_rights_of_request(after)).may(Verb.SEE_NAMES, "prod")


async def test_nobody_is_behind_a_session_whose_person_may_not_sign_in(session_key):
    await User.objects.all().aupdate(is_active=False)
    assert not await arrivals.recognise(request(session_key))


async def test_a_connection_that_has_ended_is_opened_anew(session_key, monkeypatch):
    looked_up = arrivals.looked_up
    failures = [OperationalError("The server closed the connection.")]

    def look(keys):
        if failures:
            raise failures.pop()
        return looked_up(keys)

    monkeypatch.setattr(arrivals, "looked_up", look)
    assert await arrivals.recognise(request(session_key))
