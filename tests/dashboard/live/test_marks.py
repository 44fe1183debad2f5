"""Topics, and how marks travel within a process and between processes."""

import asyncio
import re

import pytest
from channels.layers import InMemoryChannelLayer, get_channel_layer
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.contrib.auth.models import User
from django.core import signing

from dashboard import marks
from dashboard.marks import Hub, journal_topic, key_topic, namespace_topic, store_topic
from tests.waiting import until


class Ear:
    def __init__(self):
        self.heard = []

    def mark(self, topic):
        self.heard.append(topic)


@pytest.mark.parametrize(
    "made",
    [
        store_topic("prod"),
        namespace_topic("prod", None),
        namespace_topic("prod", "a." + "é" * 1000),
        key_topic("prod", "\udc80<script>\n" * 1000),
        journal_topic(),
    ],
)
def test_a_topic_is_short_plain_text_whatever_it_names(made):
    assert re.fullmatch("[0-9a-z]{1,60}", made)


def test_topics_differ_when_what_they_name_differs():
    made = [
        store_topic("a"),
        store_topic("b"),
        namespace_topic("a", None),
        namespace_topic("a", "shared"),
        namespace_topic("a", "x.Y"),
        namespace_topic("b", "x.Y"),
        key_topic("a", "x.Y"),
        key_topic("a", "x.Y:"),
        journal_topic(),
    ]
    assert len(set(made)) == len(made)


def test_a_topic_knows_whose_it_is_after_its_way_through_a_page():
    user = User(pk=7)
    topic = key_topic("prod", "a.B:\udc80")
    back = marks.topic_from(user, marks.signed_topic(user, topic))
    assert (back, back.kind, back.store, back.namespace) == (topic, "k", "prod", "a.B")


def test_a_token_is_good_for_its_person_only():
    token = marks.signed_topic(User(pk=7), store_topic("prod"))
    with pytest.raises(signing.BadSignature):
        marks.topic_from(User(pk=8), token)


def test_only_topics_that_were_made_here_are_signed():
    with pytest.raises(TypeError):
        marks.signed_topic(User(pk=7), "prod")


def test_the_hub_tells_who_watches_and_nobody_else():
    hub, ear = Hub(), Ear()
    hub.subscribe("a", ear)
    hub.mark("b")
    hub.mark("a")
    hub.unsubscribe("a", ear)
    hub.mark("a")
    assert ear.heard == ["a"]


def test_everything_of_a_store_can_be_marked_at_once():
    hub, ear = Hub(), Ear()
    theirs = [store_topic("a"), key_topic("a", "x"), namespace_topic("a", None)]
    for topic in [*theirs, store_topic("b")]:
        hub.subscribe(topic, ear)
    hub.mark_store("a")
    assert set(ear.heard) == set(theirs)


def test_a_late_subscriber_hears_of_what_was_marked_lately_only():
    now = 100.0
    hub, ear = Hub(clock=lambda: now), Ear()
    hub.mark("old")
    now += 20
    hub.mark("new")
    for topic in ("old", "new", "never"):
        hub.subscribe(topic, ear)
    assert ear.heard == ["new"]


def test_marks_that_are_too_many_to_remember_count_for_every_topic():
    hub, ear = Hub(), Ear()
    for number in range(25_000):
        hub.mark(str(number))
    assert len(hub.marked) <= 10_000
    hub.subscribe("0", ear)
    assert ear.heard == ["0"]


async def test_what_is_announced_is_heard_in_the_same_process():
    ear = Ear()
    marks.hub().subscribe("a", ear)
    async with marks.run():
        await marks.announce("a")
        assert "a" in ear.heard


async def test_what_is_announced_is_heard_in_other_processes(settings, redis_url):
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [redis_url]},
        }
    }
    other = RedisPubSubChannelLayer(hosts=[redis_url])
    ear = Ear()
    marks.hub().subscribe("from afar", ear)
    async with marks.run():
        await until(lambda: ear.heard == ["from afar"])  # joining makes everything stale
        await until(lambda: get_channel_layer().groups)
        await other.group_send(marks.GROUP, {"type": "mark", "topic": "from afar"})
        await until(lambda: ear.heard == ["from afar"] * 2)
    await other.flush()
    await get_channel_layer().flush()


async def test_a_channel_layer_that_fails_does_not_fail_what_a_person_does(settings):
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": ["redis://127.0.0.1:1"]},
        }
    }
    ear = Ear()
    marks.hub().subscribe("a", ear)
    async with asyncio.timeout(5):
        await marks.announce("a")
    assert ear.heard == ["a"]


def test_a_burst_of_keys_is_told_to_who_watches_one_of_them():
    hub, ear = Hub(), Ear()
    hub.subscribe(key_topic("prod", "key 7"), ear)
    hub.mark_keys("prod", [f"key {number}" for number in range(1000)])
    assert ear.heard == [key_topic("prod", "key 7")]


def test_a_page_that_comes_after_a_burst_may_be_older_than_it():
    hub, ear = Hub(), Ear()
    hub.mark_keys("prod", [f"key {number}" for number in range(1000)])
    hub.subscribe(key_topic("prod", "key 7"), ear)
    assert ear.heard == [key_topic("prod", "key 7")]


def test_a_page_that_comes_after_a_few_marks_hears_of_its_own_only():
    hub, ear = Hub(), Ear()
    hub.mark_keys("prod", ["key 7"])
    hub.subscribe(key_topic("prod", "key 7"), ear)
    hub.subscribe(key_topic("prod", "key 8"), ear)
    assert ear.heard == [key_topic("prod", "key 7")]


async def test_a_process_ends_although_its_channel_layer_is_gone(settings):
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": f"{__name__}.GoneWhenLeft"}}
    async with asyncio.timeout(20):
        async with marks.run():
            await until(lambda: get_channel_layer().groups)


class GoneWhenLeft(InMemoryChannelLayer):
    """A layer that is lost before it is left."""

    async def group_discard(self, group, channel):
        raise ConnectionError("The channel layer's server is gone.")
