"""One search for each person; what has ended stays for a while."""

import asyncio
import os

from dashboard.seeking import run, searches_here
from dashboard.seeking import searches as keeping
from tests.dashboard.seeking.conftest import ME
from tests.waiting import until

KARMA = "acme.Karma"


async def test_a_new_search_takes_the_place_of_the_one_before(scene):
    await scene.write({f"{KARMA}:a": "xy"})
    scene.storage.is_down = True
    first = scene.search("x")
    await until(lambda: first.trouble)
    second = scene.search("y")
    assert (first.state, second.state) == ("stopped", "running")
    assert scene.searches.of(ME) is second
    assert scene.searches.of(ME, first.question) is None


async def test_what_was_found_stays_when_it_is_stopped(scene):
    await scene.write({f"{KARMA}:a": "x"})
    search = await scene.found("x")
    scene.searches.stop(ME)
    assert (search.state, len(search.hits)) == ("done", 1)


async def test_a_search_that_has_ended_is_forgotten_some_time_after(scene):
    await scene.write({f"{KARMA}:a": "x"})
    search = await scene.found("x")
    scene.searches.clock = lambda: search.looked_at + keeping.KEPT
    assert scene.searches.of(ME) is search
    scene.searches.clock = lambda: search.looked_at + keeping.KEPT + 1
    assert scene.searches.of(ME) is None


async def test_searches_end_with_the_server(scene):
    await scene.write({f"{KARMA}:a": "x"})
    scene.storage.is_down = True
    async with run():
        scene.searches = searches_here()
        search = scene.search("x")
        await until(lambda: search.trouble)
    assert search.state == "stopped"
    assert not [task for task in asyncio.all_tasks() if "search" in task.get_name()]


async def test_only_one_search_at_a_time_uses_a_store(scene):
    await scene.write({f"{KARMA}:{n:03}": "x" for n in range(300)})
    at_once, most = 0, 0
    fetch = scene.storage.fetch

    async def counted(keys):
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0)
        at_once -= 1
        return await fetch(keys)

    scene.storage.fetch = counted
    first = scene.search("x")
    # Another person.
    scene.searches.searches["other"] = scene.searches.searches.pop(ME)
    scene.searches.tasks["other"] = scene.searches.tasks.pop(ME)
    second = scene.search("x")
    await until(lambda: not first.is_running and not second.is_running)
    assert (first.looked, second.looked, most) == (300, 300, 1)


async def test_the_worker_stands_back_for_others(scene):
    await scene.write({f"{KARMA}:a": "x"})
    await scene.found("x")
    process = scene.searches.worker._process
    assert os.getpriority(os.PRIO_PROCESS, process.pid) == keeping.NICENESS
