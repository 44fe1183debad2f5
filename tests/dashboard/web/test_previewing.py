"""Previews of a list: asked for once for all who wait, and told of when they come late."""

import asyncio

import pytest

from dashboard import marks
from dashboard.stores import Store, StoreConfig
from dashboard.web import previewing
from storage_core import pickling
from storage_core.backends.memory import MemoryStorage
from tests.waiting import until

TEAM, ANNA = "team", "acme.Karma:anna"


class Ear:
    def __init__(self):
        self.heard = set()

    def mark(self, topic):
        self.heard.add(topic)


class Slow(MemoryStorage):
    """A store that answers when it is let."""

    def __init__(self):
        super().__init__({})
        self.asked = 0
        self.may_answer = asyncio.Event()

    async def fetch(self, keys):
        self.asked += 1
        found = await super().fetch(keys)
        await self.may_answer.wait()
        return found


@pytest.fixture
async def storage():
    slow = Slow()
    await slow.set(TEAM, pickling.dumps("platform"))
    await slow.set(ANNA, pickling.dumps(7))
    return slow


@pytest.fixture
def store():
    return Store(StoreConfig("prod", "memory://", read_only=False))


def texts(found):
    return [preview["text"] for preview in found[1]]


async def test_lists_that_are_got_at_once_share_their_previews(store, storage):
    storage.may_answer.set()
    lists = await asyncio.gather(
        *(previewing.previewed(store, storage, [TEAM, ANNA]) for _ in range(100))
    )
    assert storage.asked == 1
    assert [texts(each) for each in lists] == [["'platform'", "7"]] * 100


async def test_who_comes_later_sees_what_was_written_since(store, storage):
    first = asyncio.create_task(previewing.previewed(store, storage, [ANNA]))
    await until(lambda: storage.asked == 1)
    await storage.set(ANNA, pickling.dumps(8))
    second = asyncio.create_task(previewing.previewed(store, storage, [ANNA]))
    storage.may_answer.set()
    assert (texts(await first), texts(await second)) == (["7"], ["8"])


async def test_a_list_that_went_without_is_marked_when_the_store_has_answered(
    store, storage, monkeypatch
):
    monkeypatch.setattr(previewing, "PATIENCE", 0.01)
    assert await previewing.previewed(store, storage, [TEAM, ANNA]) == ([], [])
    ear = Ear()
    topics = {marks.namespace_topic("prod", None), marks.namespace_topic("prod", "acme.Karma")}
    for topic in topics:
        marks.hub().subscribe(topic, ear)
    assert not ear.heard
    storage.may_answer.set()
    await until(lambda: ear.heard == topics)
