"""Sending to many sockets in one go: at once, with rests, past a client that does not read."""

import asyncio

import pytest

from dashboard import marks
from dashboard.live.outbox import Outbox
from dashboard.marks import Hub, namespace_topic, store_topic
from tests.waiting import until

FIRST, SECOND = store_topic("prod"), namespace_topic("prod", None)


class Page:
    """A client; while it does not read, what is sent to it waits."""

    def __init__(self, spacing=0.0, patience=20.0):
        self.heard = []
        self.reads = asyncio.Event()
        self.reads.set()
        self.is_given_up = False
        self.hub = marks.hub()
        self.outbox = Outbox(self.hub, self.take, self.give_up, spacing, patience)
        self.outbox.watch({"first": FIRST, "second": SECOND})

    async def take(self, text):
        await self.reads.wait()
        self.heard.append(text)

    def give_up(self):
        self.is_given_up = True


@pytest.fixture(autouse=True)
def hub(monkeypatch):
    fresh = Hub()
    monkeypatch.setattr(marks, "hub", lambda: fresh)
    fresh.forgotten = float("-inf")
    return fresh


async def test_what_is_marked_in_one_turn_is_one_message_in_the_next(hub):
    page = Page()
    hub.mark(FIRST)
    hub.mark(SECOND)
    assert not page.heard
    await asyncio.sleep(0)
    assert page.heard == ['{"stale": ["first", "second"]}']


async def test_a_page_that_does_not_read_keeps_nobody_else_waiting(hub):
    slow, other = Page(), Page()
    slow.reads.clear()
    for _ in range(10):
        hub.mark(FIRST)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert (len(slow.heard), slow.outbox.stale) == (0, {'"first"'})
    assert len(other.heard) > 1


async def test_a_page_that_reads_again_hears_what_was_marked_meanwhile(hub):
    page = Page()
    page.reads.clear()
    hub.mark(FIRST)
    await until(lambda: page.outbox.waiting is not None)
    hub.mark(SECOND)
    page.reads.set()
    await until(lambda: len(page.heard) == 2)
    assert page.heard == ['{"stale": ["first"]}', '{"stale": ["second"]}']


async def test_a_page_that_does_not_read_in_time_is_given_up(hub):
    page = Page(patience=0.01)
    page.reads.clear()
    hub.mark(FIRST)
    await until(lambda: page.is_given_up)
    assert not page.heard


async def test_it_rests_after_a_message_and_then_sends_the_last(hub):
    page = Page(spacing=0.05)
    hub.mark(FIRST)
    await until(lambda: page.heard)
    hub.mark(FIRST)
    await asyncio.sleep(0)
    assert len(page.heard) == 1
    await until(lambda: len(page.heard) == 2)


async def test_a_page_that_is_gone_hurts_nobody(hub):
    gone, other = Page(), Page()

    async def broken(text):
        raise ConnectionError(text)

    gone.outbox.send_text = broken
    hub.mark(FIRST)
    await until(lambda: other.heard)
    assert gone.outbox not in hub.subscribers[FIRST]


async def test_everybody_of_a_large_crowd_is_told(hub):
    crowd = [Page() for _ in range(700)]
    hub.mark(FIRST)
    await until(lambda: all(page.heard for page in crowd))
    assert {len(page.heard) for page in crowd} == {1}
