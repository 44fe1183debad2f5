"""A person's own list of keys."""

import re
from datetime import UTC, datetime

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dashboard import catalog
from dashboard.access.models import Grant
from dashboard.audit.models import Watch
from dashboard.audit.sightings import Witness
from dashboard.web import links
from tests.dashboard.web.conftest import DAILY, KARMA

TEAM = {"name": "team", "text": "{'name': 'Platform'}", "when": "never", "unit": "h"}
WATCH = links.key_url("prod", DAILY, "key-watch")


async def text_of(browser, address="/watches/") -> str:
    return (await browser.get(address)).content.decode()


@pytest.fixture
async def witness(prod):
    return Witness("prod", catalog.of("prod"))


async def test_a_watched_key_is_on_the_own_list_and_on_nobody_elses(prod, cast):
    await cast["reader"].post(WATCH, {"do": "watch"})
    assert f'href="{links.key_url("prod", DAILY)}"' in await text_of(cast["reader"])
    assert "You watch no key." in await text_of(cast["admin"])


async def test_watching_twice_is_watching_once(prod, reader):
    for _ in range(2):
        await reader.post(WATCH, {"do": "watch"})
    assert await Watch.objects.acount() == 1


async def test_what_changed_is_new_until_it_was_seen(prod, witness, write, reader):
    await reader.post(WATCH, {"do": "watch"})
    await write(DAILY, {"team": "platform", "more": 1})
    await witness.flush()
    assert "<b>1</b> changed since you looked." in await text_of(reader)
    await reader.post("/watches/")
    assert "changed since you looked." not in await text_of(reader)


async def test_a_watch_is_stopped_from_the_list(prod, reader):
    await reader.post(WATCH, {"do": "watch"})
    answer = await reader.post(WATCH, {"do": "stop", "back": "watches"})
    assert answer["Location"] == "/watches/"
    assert "You watch no key." in await text_of(reader)


async def test_a_key_that_is_gone_stays_on_the_list(prod, reader):
    await reader.post(links.key_url("prod", "not there yet", "key-watch"), {"do": "watch"})
    page = await text_of(reader)
    assert ">not there yet</a>" in page
    assert ">gone</td>" in page


async def test_telling_the_team_is_offered_where_a_webhook_is_configured(prod, reader, settings):
    assert "Tell the team" not in await text_of(reader, WATCH)
    await reader.post(WATCH, {"do": "watch", "posts": "1"})
    assert not (await Watch.objects.aget()).posts
    settings.CUBBYHOLE_WEBHOOK_URL = "https://hooks.example.org/1"
    assert "never its value" in await text_of(reader, WATCH)
    settings.CUBBYHOLE_WEBHOOK_VALUES = True
    assert "a line of its value, secrets masked" in await text_of(reader, WATCH)
    await reader.post(WATCH, {"do": "watch", "posts": "1"})
    assert (await Watch.objects.aget()).posts


async def test_the_last_changes_of_a_watched_key_are_told_with_a_way_to_all_of_them(
    prod, witness, write, cast
):
    await cast["admin"].post(links.url("key-create", "prod"), TEAM)
    await cast["admin"].post(links.key_url("prod", "team", "key-watch"), {"do": "watch"})
    await write("team", {"name": "Platforms"})
    await witness.flush()
    page = await text_of(cast["admin"])
    told = re.findall(
        r"<li>(.*?)</li>", re.search(r'<ul class="last">(.*?)</ul>', page, re.DOTALL)[1]
    )
    assert any("admin created it" in one for one in told), told
    assert any("The bot" in one for one in told), told
    assert links.key_url("prod", "team", "key-timeline") in told[-1]


async def test_a_long_list_asks_the_database_no_more_than_a_short_one(prod, witness, write, cast):
    async def asked() -> int:
        capture = CaptureQueriesContext(connection)
        await sync_to_async(capture.__enter__)()
        await text_of(cast["admin"])
        await sync_to_async(capture.__exit__)(None, None, None)
        return await sync_to_async(len)(capture)

    counts = []
    for number in range(4):
        name = f"team {number}"
        await cast["admin"].post(links.url("key-create", "prod"), TEAM | {"name": name})
        await cast["admin"].post(links.key_url("prod", name, "key-watch"), {"do": "watch"})
        await write(name, {"name": "Platforms"})
        await witness.flush()
        counts.append(await asked())
    page = await text_of(cast["admin"])
    assert page.count("admin created it") == 4
    assert counts[0] >= 5, counts  # else nothing was captured
    assert len(set(counts)) == 1, counts


async def test_a_webhook_that_takes_nothing_is_told_of_with_the_time(prod, reader, settings):
    settings.CUBBYHOLE_WEBHOOK_URL = "https://hooks.example.org/1"
    await reader.post(WATCH, {"do": "watch", "posts": "1"})
    assert "The team is not told" not in await text_of(reader)
    since = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    await Watch.objects.aupdate(failing_since=since)
    page = await text_of(reader)
    assert 'The team is not told of changes since <time datetime="2026-03-04T05:06:07' in page


async def test_a_watch_of_what_may_no_longer_be_seen_is_not_shown(prod, cast):
    nobody = await User.objects.aget(username="nobody")
    grant = await Grant.objects.acreate(person=nobody, role="reader", store="prod", where=KARMA)
    address = links.key_url("prod", f"{KARMA}:U02MINA", "key-watch")
    await cast["nobody"].post(address, {"do": "watch"})
    assert "U02MINA" in await text_of(cast["nobody"])
    await grant.adelete()
    assert "U02MINA" not in await text_of(cast["nobody"])


async def test_what_may_not_be_known_cannot_be_watched(prod, cast):
    assert (await cast["nobody"].post(WATCH, {"do": "watch"})).status_code == 404
    assert not await Watch.objects.aexists()
