"""People with sessions, and the sockets of their pages."""

import json

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from django.conf import settings as django_settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import path

from dashboard.access.people import add_person
from dashboard.live.consumer import LiveConsumer

OWN = b"http://testserver"


class Socket(ApplicationCommunicator):
    """A page's socket, in words. (Channels' own testing package wants daphne installed.)"""

    def __init__(self, app, headers):
        scope = {"type": "websocket", "path": "/live/", "query_string": b"", "headers": headers}
        super().__init__(app, scope)

    async def open(self):
        """Shake hands; whether the socket was accepted and greeted."""
        await self.send_input({"type": "websocket.connect"})
        if (await self.receive_output(5))["type"] != "websocket.accept":
            return False
        assert json.loads((await self.receive_output(5))["text"]) == {"hello": True}
        return True

    async def say(self, text):
        await self.send_input({"type": "websocket.receive", "text": text})

    async def watch(self, *tokens):
        await self.say(json.dumps({"watch": list(tokens)}))

    async def heard(self):
        """The topics of the next message, or the code with which the socket was closed."""
        message = await self.receive_output(5)
        if message["type"] == "websocket.close":
            return message.get("code")
        return json.loads(message["text"]).get("stale")

    async def leave(self):
        await self.send_input({"type": "websocket.disconnect", "code": 1001})
        await self.wait(5)


@pytest.fixture
def person(transactional_db):
    """A reader."""
    return add_person("rita", "reader")


@pytest.fixture
def sign_in():
    """Give somebody a session; gives its key."""

    def sign_in(person):
        session = SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.create()
        return session.session_key

    return sign_in


@pytest.fixture
async def connect(settings, transactional_db):
    """Open a socket; gives it once it was greeted, or None if it was refused."""
    settings.CUBBYHOLE_STORES = {"prod": "memory://"}
    opened = []

    async def connect(session_key=None, origin=OWN, **consumer_settings):
        quick = {"spacing": 0.01, "check_seconds": 0.05} | consumer_settings
        app = AuthMiddlewareStack(URLRouter([path("live/", LiveConsumer.as_asgi(**quick))]))
        headers = [(b"host", b"testserver")]
        if origin is not None:
            headers.append((b"origin", origin))
        if session_key:
            cookie = f"{django_settings.SESSION_COOKIE_NAME}={session_key}"
            headers.append((b"cookie", cookie.encode()))
        socket = Socket(app, headers)
        opened.append(socket)
        return socket if await socket.open() else None

    yield connect
    for socket in opened:
        if not socket.future.done():
            await socket.leave()


@pytest.fixture
async def socket(connect, sign_in, person):
    """The socket of a page that the reader has open."""
    return await connect(await sync_to_async(sign_in)(person))
