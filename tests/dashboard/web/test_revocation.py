"""What is taken away is gone at once for requests, and within five seconds for open sockets."""

import asyncio
import time

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import AsyncClient

from dashboard import marks
from dashboard.access.models import Grant
from dashboard.access.people import disable
from dashboard.access.sessions import end_sessions
from dashboard.asgi import application
from dashboard.live.consumer import RIGHTS_CHANGED, SIGNED_OUT
from dashboard.web import links
from tests.dashboard.live.conftest import Socket
from tests.dashboard.web.conftest import DAILY, STANDUP

MOST_SECONDS = 5.0
VALUE = links.key_url("prod", DAILY)
DELETE = links.key_url("prod", DAILY, "key-delete")


async def be_disabled(user: User) -> None:
    await sync_to_async(disable)(user)


async def change_the_password(user: User) -> None:
    user.set_unusable_password()
    await user.asave()


async def sign_out_everywhere(user: User) -> None:
    await sync_to_async(end_sessions)(user)


async def lose_the_session(user: User) -> None:
    await Session.objects.all().adelete()


async def lose_the_role(user: User) -> None:
    await Grant.objects.filter(person=user).adelete()


ENDS = [be_disabled, change_the_password, sign_out_everywhere, lose_the_session]


@pytest.fixture
async def user(cast) -> User:
    return await User.objects.aget(username="editor")


@pytest.fixture
async def socket(prod, editor: AsyncClient):
    """The socket of a page of the editor's."""
    cookies = "; ".join(f"{name}={each.value}" for name, each in editor.cookies.items())
    headers = [(b"host", b"localhost"), (b"origin", b"http://localhost")]
    opened = Socket(application, [*headers, (b"cookie", cookies.encode())])
    assert await opened.open()
    yield opened
    await opened.leave()


@pytest.mark.parametrize("end", [*ENDS, lose_the_role])
async def test_the_next_request_is_refused_and_changes_nothing(prod, editor, user, end):
    assert (await editor.get(VALUE)).status_code == 200
    await end(user)
    assert (await editor.get(VALUE)).status_code in {302, 404}
    assert (await editor.post(DELETE, {})).status_code in {401, 404}
    assert await prod.backend.has(DAILY)


@pytest.mark.parametrize("end", ENDS)
async def test_an_open_socket_is_closed(socket, user, end):
    await end(user)
    since = time.monotonic()
    assert await socket.heard() == SIGNED_OUT
    assert time.monotonic() - since < MOST_SECONDS


async def test_a_socket_hears_nothing_more_of_what_is_not_to_be_seen_any_more(socket, user):
    topic = marks.namespace_topic("prod", STANDUP)
    token = marks.signed_topic(user, topic)
    await socket.watch(token)
    assert await socket.heard() == [token]  # the bot has just written there
    await lose_the_role(user)
    since = time.monotonic()
    assert await socket.heard() == RIGHTS_CHANGED  # the page asks again, and finds out
    assert time.monotonic() - since < MOST_SECONDS
    marks.hub().mark(topic)
    await asyncio.sleep(0)
    assert await socket.receive_nothing(timeout=0.5)


async def test_a_role_that_was_narrowed_holds_for_the_rest(prod, editor, user):
    await Grant.objects.filter(person=user).aupdate(store="prod", where="shared")
    assert (await editor.get(VALUE)).status_code == 404
    assert (await editor.get(links.key_url("prod", "rbac:role:admin"))).status_code == 200


async def test_signing_out_everywhere_else_leaves_this_session(prod, editor, user):
    other = AsyncClient()
    await other.aforce_login(user)
    kept = (await editor.asession()).session_key
    assert await sync_to_async(end_sessions)(user, but=kept) == 1
    assert (await editor.get("/prod/")).status_code == 200
    assert (await other.get("/prod/")).status_code == 302
