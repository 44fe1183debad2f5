"""The threads of requests: one each at a time, handed on from one to the next."""

import asyncio
import threading

import pytest
from asgiref.sync import sync_to_async
from django.core.asgi import get_asgi_application
from django.http import HttpResponse
from django.urls import path

from dashboard.request_threads import RequestThreads
from tests.waiting import until

SCOPE = {"type": "http"}
ANSWER = {"type": "http.response.body", "body": b"here"}


class Failure(Exception):
    pass


@pytest.fixture
def threads():
    return []


@pytest.fixture
def application(threads):
    async def note_the_thread(scope, receive, send):
        threads.append(await sync_to_async(threading.get_ident)())
        await receive()
        threads.append(await sync_to_async(threading.get_ident)())
        await send(ANSWER)

    return RequestThreads(note_the_thread)


async def at_once():
    await asyncio.sleep(0)


async def taken(message):
    await at_once()


async def test_the_next_request_has_the_thread_of_the_one_before(application, threads):
    for _ in range(3):
        await application(SCOPE, at_once, taken)
    assert len(set(threads)) == 1
    assert threading.get_ident() not in threads


async def test_requests_at_the_same_time_have_a_thread_each(application, threads):
    both = asyncio.Barrier(2)
    await asyncio.gather(*(application(SCOPE, both.wait, taken) for _ in range(2)))
    assert len(set(threads)) == 2
    assert sorted(threads[:2]) == sorted(threads[2:])


async def test_a_thread_is_not_handed_on_after_a_failure(application):
    async def fail():
        raise Failure

    with pytest.raises(Failure):
        await application(SCOPE, fail, taken)
    assert not application.spare


@pytest.mark.parametrize("sent", [[], [ANSWER | {"more_body": True}]])
async def test_nor_by_a_request_that_was_not_answered_to_its_end(sent):
    async def leave(scope, receive, send):
        for message in sent:
            await send(message)

    application = RequestThreads(leave)
    await application(SCOPE, at_once, taken)
    assert not application.spare


class Work:
    """What is at work in the thread of a request until it `may_end`."""

    def __init__(self):
        self.may_begin = asyncio.Event()
        self.is_begun = threading.Event()
        self.may_end = threading.Event()
        self.task = None

    def do(self):
        self.is_begun.set()
        assert self.may_end.wait(20)

    async def view(self, request):
        await sync_to_async(self.do)()

    async def view_that_is_carried_out(self, request):
        """As a change is that somebody asked for: to its end, whoever goes away."""
        self.task = asyncio.create_task(self.begin())
        await asyncio.shield(self.task)

    async def begin(self):
        await self.may_begin.wait()
        await sync_to_async(self.do)()


def here(request):
    return HttpResponse(b"here")


class Urls:
    """The addresses of a test."""

    def __init__(self, work):
        self.urlpatterns = [
            path("work", work.view),
            path("change", work.view_that_is_carried_out),
            path("", here),
        ]


@pytest.fixture
def work():
    work = Work()
    yield work
    work.may_end.set()


@pytest.fixture
def pages(settings, work):
    settings.ROOT_URLCONF, settings.MIDDLEWARE = Urls(work), []
    return RequestThreads(get_asgi_application())


class Client:
    """A client that asks for one page, and may hang up."""

    def __init__(self, pages, address):
        scope = SCOPE | {"method": "GET", "path": address, "headers": [], "query_string": b""}
        self.body = b""
        self.is_there = [{"type": "http.request"}]
        self.hangs_up = asyncio.Event()
        self.task = asyncio.create_task(pages(scope, self.receive, self.send))

    async def receive(self):
        if self.is_there:
            return self.is_there.pop()
        await self.hangs_up.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.body += message.get("body", b"")

    async def answered(self):
        async with asyncio.timeout(15):
            await self.task
        return self.body


async def test_who_comes_after_a_client_that_hung_up_does_not_wait_for_its_work(pages, work):
    """Django ends a request only when its thread has nothing more to do."""
    gone = Client(pages, "/work")
    await until(work.is_begun.is_set)
    gone.hangs_up.set()
    await asyncio.wait([gone.task], timeout=0.1)
    assert await Client(pages, "/").answered() == b"here"
    work.may_end.set()
    await gone.task


async def test_nor_for_a_change_that_is_carried_out_when_its_client_has_hung_up(pages, work):
    gone = Client(pages, "/change")
    await until(lambda: work.task is not None)
    gone.hangs_up.set()
    await gone.task
    work.may_begin.set()
    await until(work.is_begun.is_set)
    assert await Client(pages, "/").answered() == b"here"
    work.may_end.set()
    await work.task
