"""No mark tells a person of what they may not know of."""

import re

import pytest
from django.contrib.auth.models import User

from dashboard import marks, operations
from dashboard.access import Verb, rights_of
from dashboard.access.models import Grant
from dashboard.live.standing import Standing
from dashboard.web import links
from tests.dashboard.web.conftest import DAILY, KARMA, STANDUP, VALUES, signed_in
from tests.waiting import until

PAGES = (
    "/",
    "/journal/",
    "/prod/",
    "/prod/findings/",
    "/prod/history/",
    "/prod/pictures/",
    links.namespace_url("prod", KARMA),
    links.key_url("prod", f"{KARMA}:U02MINA"),
)


async def topics_on(browser, name: str, *pages: str) -> set[marks.Topic]:
    person = await User.objects.aget(username=name)
    found: set[marks.Topic] = set()
    for page in pages:
        text = (await browser.get(page)).content.decode()
        for tokens in re.findall(r'data-topic="([^"]*)"', text):
            found |= {marks.topic_from(person, token) for token in tokens.split()}
    return found


class Ear:
    def __init__(self) -> None:
        self.heard: set[str] = set()

    def mark(self, topic: str) -> None:
        self.heard.add(topic)


@pytest.fixture
async def mina(prod):
    """Somebody who may know of one plugin only."""
    browser = await signed_in("mina", None)
    person = await User.objects.aget(username="mina")
    await Grant.objects.acreate(person=person, role="maintainer", store="prod", where=KARMA)
    return browser


@pytest.fixture
async def ear(mina) -> Ear:
    """Hears what mina's pages watch, from now on."""
    listening, hub = Ear(), marks.hub()
    for topic in await topics_on(mina, "mina", *PAGES):
        hub.subscribe(str(topic), listening)
    listening.heard.clear()
    return listening


async def acting(name: str) -> operations.Person:
    user = await User.objects.aget(username=name)
    return operations.Person(user, await rights_of(user))


async def test_her_pages_hear_of_what_she_may_see(prod, cast, ear):
    key = f"{KARMA}:U02MINA"
    old = await prod.backend.get(key)
    await operations.delete(await acting("admin"), "prod", key, old)
    expected = {marks.namespace_topic("prod", KARMA), marks.place_journal_topic("prod", KARMA)}
    await until(lambda: expected <= ear.heard)


async def test_her_pages_hear_nothing_of_what_she_may_not_know_of(prod, cast, ear, write):
    old = await prod.backend.get(DAILY)
    await operations.edit(
        await acting("admin"), "prod", DAILY, old, old.replace(b"platfrom", b"platform")
    )
    await cast["admin"].post("/people/", {"name": "jon"})
    other = Ear()
    marks.hub().subscribe(marks.namespace_topic("prod", STANDUP), other)
    other.heard.clear()
    await write(f"{STANDUP}:new", VALUES[DAILY])
    await until(lambda: other.heard)
    assert ear.heard == set()


@pytest.mark.parametrize(
    "topic",
    [
        marks.journal_topic(),
        marks.store_journal_topic("prod"),
        marks.place_journal_topic("prod", STANDUP),
        marks.store_topic("prod"),
        marks.findings_topic("prod"),
        marks.history_topic("prod"),
        marks.namespace_topic("prod", None),
    ],
)
async def test_a_socket_does_not_watch_for_her_what_tells_of_the_rest(mina, topic):
    person = await User.objects.aget(username="mina")
    assert not Standing(person, await rights_of(person)).may_watch(topic)


@pytest.mark.parametrize("name", ["reader", "admin"])
async def test_a_socket_watches_all_that_the_pages_of_its_person_show(prod, cast, name):
    person = await User.objects.aget(username=name)
    standing = Standing(person, await rights_of(person))
    topics = await topics_on(cast[name], name, *PAGES, "/prod/audit/")
    assert topics
    assert all(standing.may_watch(topic) for topic in topics)
    assert standing.rights.may_everywhere(Verb.SEE_NAMES, "prod")
