"""What the socket of a page is told, and who may have one."""

import asyncio
import json

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from dashboard import marks
from dashboard.access.models import Grant
from dashboard.access.people import add_person
from dashboard.live import standing
from dashboard.live.consumer import RIGHTS_CHANGED, LiveConsumer
from dashboard.marks import key_topic, namespace_topic, signed_topic, store_topic
from tests.waiting import until

KEY = "acme.plugins.Karma:alice"


@pytest.fixture(autouse=True)
def fresh_answers(monkeypatch):
    """Rights are asked for anew each time, so that tests need not wait for them to age."""
    monkeypatch.setattr(standing, "KEPT_SECONDS", 0.0)


def mark_when_watched(topic):
    return until(lambda: topic in marks.hub().subscribers)


async def test_a_page_is_told_what_is_stale_in_its_own_words(socket, person):
    token = signed_topic(person, key_topic("prod", KEY))
    await socket.watch(token)
    await mark_when_watched(key_topic("prod", KEY))
    marks.hub().mark(key_topic("prod", "other"))
    marks.hub().mark(key_topic("prod", KEY))
    assert await socket.heard() == [token]


async def test_a_change_between_the_page_and_its_socket_is_not_missed(socket, person):
    marks.hub().mark(key_topic("prod", KEY))
    token = signed_topic(person, key_topic("prod", KEY))
    await socket.watch(token)
    assert await socket.heard() == [token]


async def test_many_marks_are_one_message(connect, sign_in, person):
    socket = await connect(await sync_to_async(sign_in)(person), spacing=0.2)
    topics = [namespace_topic("prod", f"a.B{n}") for n in range(20)]
    await socket.watch(*(signed_topic(person, topic) for topic in topics))
    await mark_when_watched(topics[-1])
    marks.hub().mark(topics[0])
    assert len(await socket.heard()) == 1
    for _ in range(1000):
        for topic in topics:
            marks.hub().mark(topic)
    assert len(await socket.heard()) == 20
    assert await socket.receive_nothing(0.3)


async def test_a_page_that_shows_something_else_is_told_of_that_only(socket, person):
    first, second = store_topic("prod"), namespace_topic("prod", "a.B")
    await socket.watch(signed_topic(person, first))
    await mark_when_watched(first)
    await socket.watch(signed_topic(person, second))
    await mark_when_watched(second)
    marks.hub().mark(first)
    marks.hub().mark(second)
    assert await socket.heard() == [signed_topic(person, second)]
    assert first not in marks.hub().subscribers


async def test_nothing_is_left_of_a_socket_that_was_closed(socket, person):
    await socket.watch(signed_topic(person, store_topic("prod")))
    await mark_when_watched(store_topic("prod"))
    await socket.leave()
    assert not marks.hub().subscribers


async def test_who_is_signed_out_gets_no_socket(connect, person):
    assert await connect() is None
    assert await connect("not-a-session") is None


@pytest.mark.parametrize(
    "origin",
    [None, b"null", b"http://evil.example", b"https://testserver", b"http://testserver:8000"],
)
async def test_a_page_of_another_origin_gets_no_socket(connect, sign_in, person, origin):
    assert await connect(await sync_to_async(sign_in)(person), origin=origin) is None


async def test_an_origin_of_the_settings_gets_one(connect, sign_in, person, settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://*.example.org"]
    key = await sync_to_async(sign_in)(person)
    assert await connect(key, origin=b"https://bots.example.org")
    assert await connect(key, origin=b"http://bots.example.org") is None


async def test_a_topic_that_was_signed_for_another_is_refused(socket):
    other = await sync_to_async(add_person)("oona", "admin")
    await socket.watch(signed_topic(other, store_topic("prod")))
    assert await socket.heard() == 4403


async def test_a_topic_that_was_not_signed_is_refused(socket):
    await socket.watch(store_topic("prod"))
    assert await socket.heard() == 4403


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"watch": 1}', '{"watch": [1]}', "[" * 60_000, '{"other": []}']
)
async def test_what_is_not_understood_ends_the_socket(socket, text):
    await socket.say(text)
    assert await socket.heard() == 4400


async def test_too_many_topics_are_refused(socket):
    await socket.say(json.dumps({"watch": [""] * 301}))
    assert await socket.heard() == 4400


async def test_a_large_frame_is_refused(socket):
    await socket.say(" " * 10_000_000)
    assert await socket.heard() == 1009


async def test_a_flood_is_refused(socket):
    for _ in range(41):
        await socket.watch()
    assert await socket.heard() == 4429


async def test_a_session_that_ended_closes_the_socket(socket):
    await Session.objects.all().adelete()
    assert await socket.heard() == 4401


async def test_a_person_who_was_disabled_loses_the_socket(socket, person):
    person.is_active = False
    await person.asave()
    assert await socket.heard() == 4401


async def test_a_changed_password_closes_the_socket(socket, person):
    person.set_password("correct horse battery staple")
    await person.asave()
    assert await socket.heard() == 4401


@pytest.mark.parametrize("change", [{"store": "staging"}, {"role": "admin"}, {"where": "a.B"}])
async def test_other_rights_close_the_socket_whatever_they_are(socket, person, change):
    token = signed_topic(person, key_topic("prod", KEY))
    await socket.watch(token)
    await mark_when_watched(key_topic("prod", KEY))
    await Grant.objects.all().aupdate(**change)
    assert await socket.heard() == RIGHTS_CHANGED
    assert key_topic("prod", KEY) not in marks.hub().subscribers
    marks.hub().mark(key_topic("prod", KEY))
    assert await socket.receive_nothing(0.1)


async def test_what_a_person_may_not_know_is_not_watched(connect, sign_in, person):
    await Grant.objects.all().aupdate(store="staging")
    socket = await connect(await sync_to_async(sign_in)(person))
    token = signed_topic(person, namespace_topic("prod", "a.B"))
    await socket.watch(token)
    assert await socket.heard() == [token]
    assert namespace_topic("prod", "a.B") not in marks.hub().subscribers


async def test_a_client_that_does_not_read_is_dropped_and_holds_next_to_nothing(person, sign_in):
    key = await sync_to_async(sign_in)(person)
    topic = store_topic("prod")
    said = asyncio.Queue()
    await said.put({"type": "websocket.connect"})
    watch = {"watch": [signed_topic(person, topic)]}
    await said.put({"type": "websocket.receive", "text": json.dumps(watch)})

    async def send(message):
        if "stale" in message.get("text", ""):
            await asyncio.Event().wait()  # a full buffer that is never read

    scope = {
        "type": "websocket",
        "headers": [(b"host", b"testserver"), (b"origin", b"http://testserver")],
        "session": SessionStore(key),
    }
    talk = asyncio.create_task(LiveConsumer.as_asgi(patience=0.1)(scope, said.get, send))
    await mark_when_watched(topic)
    (outbox,) = marks.hub().subscribers[topic]
    for _ in range(10_000):
        marks.hub().mark(topic)
    assert len(outbox.stale) == 1
    await asyncio.wait_for(talk, 5)
    assert not marks.hub().subscribers
