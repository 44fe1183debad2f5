"""The threads of requests: one each at a time, handed on from one to the next."""

import asyncio
import threading

import pytest
from asgiref.sync import sync_to_async

from dashboard.request_threads import RequestThreads

SCOPE = {"type": "http"}


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

    return RequestThreads(note_the_thread)


async def at_once():
    await asyncio.sleep(0)


async def test_the_next_request_has_the_thread_of_the_one_before(application, threads):
    for _ in range(3):
        await application(SCOPE, at_once, None)
    assert len(set(threads)) == 1
    assert threading.get_ident() not in threads


async def test_requests_at_the_same_time_have_a_thread_each(application, threads):
    both = asyncio.Barrier(2)
    await asyncio.gather(*(application(SCOPE, both.wait, None) for _ in range(2)))
    assert len(set(threads)) == 2
    assert sorted(threads[:2]) == sorted(threads[2:])


async def test_a_thread_is_not_handed_on_after_a_failure(application):
    async def fail():
        raise Failure

    with pytest.raises(Failure):
        await application(SCOPE, fail, None)
    assert not application.spare
