"""Who is behind a session, looked up for all sockets of a process at once."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from dashboard.access import Verb, rights_of
from dashboard.access.models import Grant
from dashboard.live import standing
from dashboard.live.standing import standing_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """An answer is of this moment."""
    monkeypatch.setattr(standing, "KEPT_SECONDS", 0.0)


@pytest.fixture
def sessions(sign_in):
    """Twenty people with a session each: those with an even number see `prod` by a group."""
    group = Group.objects.create(name="support")
    Grant.objects.create(group=group, role="reader", store="prod")
    keys = []
    for number in range(20):
        user = User.objects.create_user(f"person{number}", password="x")
        if number % 2:
            Grant.objects.create(person=user, role="admin", store="staging")
        else:
            user.groups.add(group)
        keys.append(sign_in(user))
    return keys


@asynccontextmanager
async def captured_queries():
    """What is asked of the database, on the thread where Django asks it."""
    capture = CaptureQueriesContext(connection)
    queries = []
    await sync_to_async(capture.__enter__)()
    yield queries
    await sync_to_async(capture.__exit__)(None, None, None)
    queries += await sync_to_async(lambda: list(capture.captured_queries))()


async def everybody(sessions):
    return await asyncio.gather(*(standing_of(key) for key in sessions))


async def test_all_are_looked_up_in_three_queries(sessions):
    async with captured_queries() as queries:
        found = await everybody(sessions)
    assert [one.user.username for one in found] == [f"person{n}" for n in range(20)]
    assert len(queries) == 3


async def test_everybody_has_their_own_rights(sessions):
    for one in await everybody(sessions):
        assert one.rights == await rights_of(one.user)
        by_group = int(one.user.username.removeprefix("person")) % 2 == 0
        assert one.rights.may(Verb.SEE_NAMES, "prod", "a.B") is by_group


async def test_one_question_renews_the_answers_for_all(sessions, monkeypatch):
    await everybody(sessions)
    monkeypatch.setattr(standing, "KEPT_SECONDS", 60.0)
    standing.doors[asyncio.get_running_loop()].answers.pop(sessions[0])
    await User.objects.aupdate(is_active=False)
    assert await standing_of(sessions[0]) is None
    async with captured_queries() as queries:
        assert await everybody(sessions) == [None] * 20
    assert len(queries) == 0


async def test_what_ends_a_session_ends_that_one_only(sessions):
    await everybody(sessions)
    await Session.objects.filter(session_key=sessions[0]).adelete()
    await User.objects.filter(username="person1").aupdate(is_active=False)
    changed = await User.objects.aget(username="person2")
    await sync_to_async(changed.set_password)("y")
    await changed.asave()
    found = await everybody(sessions)
    assert found[:3] == [None] * 3
    assert None not in found[3:]


async def test_a_database_that_fails_is_told_to_all_and_asked_again(sessions, monkeypatch):
    async def fail(_):
        raise DatabaseError

    with monkeypatch.context() as patch:
        patch.setattr(standing, "people_behind", fail)
        found = await asyncio.gather(*map(standing_of, sessions), return_exceptions=True)
        assert {type(one) for one in found} == {DatabaseError}
    assert None not in await everybody(sessions)


async def test_a_session_that_nobody_asks_for_is_forgotten(sessions, monkeypatch):
    await everybody(sessions)
    monkeypatch.setattr(standing, "FORGOTTEN_SECONDS", 0.0)
    await standing_of(sessions[0])
    assert set(standing.doors[asyncio.get_running_loop()].answers) == {sessions[0]}
