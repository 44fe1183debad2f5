"""No acknowledged write is lost or silently overwritten: 0 lost under kill and pause, and each
outcome that is unknown is labelled as unknown, and settled later.

Every write of everybody puts a mark into the value that no other write has, and the store itself
writes down each value that a key ever had. So it is exact: what a save replaced has to be what its
author had seen, and a save that was refused must not be there.
"""

import asyncio
import logging
import random
from collections import Counter
from dataclasses import dataclass, field
from functools import partial

import pytest

from tests.promises import history
from tests.promises.record import saves_in
from tests.promises.scale import TIMES
from tests.waiting import until

log = logging.getLogger(__name__)

PLUGIN = "acme.plugins.karma.Karma"
KEYS = 60
PEOPLE = 2  # at each dashboard
SECONDS = 2.0 * TIMES
TURNS = 1 * TIMES
SETTLED_SECONDS = 90


@dataclass
class Crowd:
    """People who save all the time, at both dashboards. `told` are words by the text typed."""

    store: str
    people: list
    told: dict[str, str] = field(default_factory=dict)
    is_over: bool = False

    async def work(self, one, chance: random.Random) -> None:
        while not self.is_over:
            mark = one.mark()
            key = f"{PLUGIN}:key-{chance.randrange(KEYS)}"
            self.told[mark] = await one.edit(self.store, key, "['note']", mark)
            if self.told[mark] in ("no answer", "refused"):
                await asyncio.sleep(0.05)  # a dashboard or the store is away


@pytest.fixture
def busy(sign_in, writing):
    """Run faults while people at both dashboards and a stock bot write; gives what was told."""

    async def busy(store, *faults):
        people = [sign_in("support", at) for at in (0, 1) for _ in range(PEOPLE)]
        crowd = Crowd(store, people)
        async with writing(store, KEYS, f"bot-of-{store}") as bot:
            working = [
                asyncio.create_task(crowd.work(one, random.Random(number)))
                for number, one in enumerate(people)
            ]
            for fault in (*(faults * TURNS), asyncio.sleep):
                await fault(SECONDS)
            crowd.is_over = True
            await asyncio.gather(*working)
        return crowd.told, bot.marks

    return busy


def mistakes(saves, seen: history.History) -> list[str]:
    """Where the journal does not say what the store wrote down."""
    wrong = []
    for save in saves:
        values = seen.get(save.key, [])
        places = [place for place, value in enumerate(values) if value == save.after]
        is_right = all(place and values[place - 1] == save.before for place in places)
        allowed = {"saved": (1,), "unknown": (0, 1)}.get(save.answer, (0,))
        if len(places) not in allowed or not is_right:
            wrong.append(f"{save.number} {save.answer}: written {len(places)} times")
    return wrong


def is_of(save, store: str) -> bool:
    """Whether it is one of this test's own saves: others share the dashboards."""
    return save.store == store and save.key.startswith(f"{PLUGIN}:key-")


async def check(store, folder, seen, told, marks) -> Counter:
    """Everything that can be said of a store after such a time; gives counts of outcomes."""

    async def is_settled() -> bool:
        return all(save.is_settled for save in saves_in(folder))

    await until(is_settled, seconds=SETTLED_SECONDS)
    saves = [save for save in saves_in(folder) if is_of(save, store)]
    values = seen()
    assert mistakes(saves, values) == []
    written = b"\0".join(value for each in values.values() for value in each)
    assert [mark for mark in marks if mark.encode() not in written] == []
    by_mark = {mark: save for mark in told for save in saves if mark.encode() in save.after}
    wrong = [
        (mark, word, by_mark[mark].words)
        for mark, word in told.items()
        if word == "saved" and by_mark[mark].answer != "saved"
    ]
    assert wrong == []
    labelled = [by_mark[mark].words for mark, word in told.items() if word == "unknown"]
    assert all(words[0] == "unknown" and len(words) == 2 for words in labelled), labelled
    return Counter(told.values()) + Counter(f"on record {save.answer}" for save in saves)


@pytest.fixture
def faults(pair, server, way):
    """What happens to Redis and to the dashboards, each after some seconds of peace."""

    async def lose(seconds):
        way.loses = True
        await asyncio.sleep(seconds)
        way.loses = False

    async def pause(seconds):
        await asyncio.sleep(seconds)
        server.pause()
        await asyncio.sleep(6.0)  # longer than anybody waits for an answer
        server.resume()

    async def kill(seconds):
        await asyncio.sleep(seconds)
        server.kill()
        await asyncio.to_thread(server.start)

    async def kill_the(dashboard, seconds):
        await asyncio.sleep(seconds)
        dashboard.kill()
        await asyncio.to_thread(dashboard.start)

    return lose, pause, kill, partial(kill_the, pair[1]), lose, partial(kill_the, pair[0])


async def test_no_save_is_lost_while_servers_and_dashboards_are_paused_and_killed(
    busy, faults, server_folder, bots_file, folder
):
    is_over = asyncio.Event()

    async def wait(_):
        await is_over.wait()

    async def all_faults():
        done = await busy("team", *faults)
        is_over.set()
        return done

    team, file = await asyncio.gather(all_faults(), busy("file", wait))
    found = await check("team", folder, lambda: history.of_redis(server_folder), *team)
    log.info("Redis: %s; %s writes of the bot", dict(found), len(team[1]))
    assert found["saved"] > 10
    assert found["unknown"]
    found = await check("file", folder, lambda: history.of_file(bots_file), *file)
    log.info("SQLite: %s; %s writes of the bot", dict(found), len(file[1]))
    assert found["saved"] > 10
