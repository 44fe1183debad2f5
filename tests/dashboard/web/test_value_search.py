"""Looking inside values, from the page: found as it comes, within the person's rights."""

import re

import pytest
from django.contrib.auth.models import User

from dashboard import seeking
from dashboard.access.models import Grant
from dashboard.seeking import search as searching
from dashboard.seeking import searches_here
from dashboard.web import links
from tests.dashboard.web.conftest import DAILY, KARMA, STANDUP
from tests.waiting import until

EVERYWHERE = links.url("value-search", "prod", q="platfrom")
PART = {"HX-Request": "true", "HX-Target": "seek"}


@pytest.fixture(autouse=True)
async def running(prod):
    """The searches, which end with the test."""
    async with seeking.run():
        yield


async def text_of(browser, address, **headers) -> str:
    answer = await browser.get(address, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


async def ended() -> None:
    await until(lambda: not any(one.is_running for one in searches_here().searches.values()))


async def searched(browser, address) -> str:
    """The page after its search has ended."""
    await text_of(browser, address)
    await ended()
    return await text_of(browser, address)


async def test_a_text_is_found_inside_a_value_with_its_path(reader):
    page = await searched(reader, EVERYWHERE)
    assert "1 place in 1 value." in page
    address = links.key_url("prod", DAILY, path="['team']").replace("&", "&amp;")
    assert f'href="{address}"' in page
    assert "<mark>platfrom</mark>" in page
    assert "All 4 values were looked at." in page


async def test_it_works_for_one_plugin_and_for_the_shared_keys(reader):
    shared = await searched(reader, links.url("value-search", "prod", q="u02mina", ns=""))
    assert "<mark>U02MINA</mark>" in shared
    plugin = await searched(reader, links.url("value-search", "prod", q="u02mina", ns=STANDUP))
    assert "“u02mina” is in no value here." in plugin


async def test_the_live_part_shows_the_search_and_begins_none(reader):
    part = await text_of(reader, EVERYWHERE, **PART)
    assert "This search is not running." in part
    await searched(reader, EVERYWHERE)
    part = await text_of(reader, EVERYWHERE, **PART)
    assert part.lstrip().startswith('<div id="seek"')
    assert "<mark>platfrom</mark>" in part


async def test_progress_is_said_while_it_runs(prod, reader, monkeypatch):
    monkeypatch.setattr(searching.Search, "are_keys_known", False)
    page = await text_of(reader, EVERYWHERE)
    assert "It begins when the names of all keys are known." in page
    assert re.search(r"<progress[^>]*>", page)
    monkeypatch.undo()
    await ended()
    assert "All 4 values were looked at." in await text_of(reader, EVERYWHERE)


async def test_it_can_be_stopped_and_begun_again(reader, monkeypatch):
    monkeypatch.setattr(searching.Search, "are_keys_known", False)
    await text_of(reader, EVERYWHERE)
    answer = await reader.post(EVERYWHERE, {"do": "stop"})
    assert (answer.status_code, answer["Location"]) == (303, EVERYWHERE)
    page = await text_of(reader, EVERYWHERE)
    assert "It was stopped after 0 of" in page
    assert "is in nothing that was looked at." in page
    assert "is in no value here" not in page
    monkeypatch.undo()
    await reader.post(EVERYWHERE, {"do": "again"})
    await ended()
    assert "1 place in 1 value." in await text_of(reader, EVERYWHERE)


async def test_that_a_text_is_nowhere_is_said_only_where_every_value_was_read(reader):
    address = f"{EVERYWHERE.partition('?')[0]}?q=nowhere-at-all"
    await searched(reader, address)
    assert "is in no value here." in await text_of(reader, address)
    (search,) = searches_here().searches.values()
    search.too_large = 1
    page = await text_of(reader, address)
    assert "was not looked into." in page
    assert "is in nothing that was looked at." in page


async def test_a_search_of_one_person_is_not_seen_by_another(reader, editor):
    await searched(reader, EVERYWHERE)
    assert "not running" in await text_of(editor, EVERYWHERE, **PART)


async def test_only_values_that_the_person_may_see_are_looked_into(cast):
    nobody = await User.objects.aget(username="nobody")
    await Grant.objects.acreate(person=nobody, role="reader", store="prod", where=KARMA)
    page = await searched(cast["nobody"], links.url("value-search", "prod", q="u0"))
    assert "“u0” is in no value here." in page
    assert "All 2 values were looked at." in page


async def test_a_hit_goes_when_the_right_to_see_it_goes(cast):
    nobody = await User.objects.aget(username="nobody")
    grant = await Grant.objects.acreate(person=nobody, role="reader", store="prod", where=STANDUP)
    await Grant.objects.acreate(person=nobody, role="reader", store="prod", where=KARMA)
    assert "<mark>" in await searched(cast["nobody"], EVERYWHERE)
    await grant.adelete()
    assert "<mark>" not in await text_of(cast["nobody"], EVERYWHERE)


@pytest.mark.parametrize(("kind", "status"), [("nobody", 404), ("signed out", 302)])
async def test_whoever_may_not_see_values_searches_none(cast, kind, status):
    assert (await cast[kind].get(EVERYWHERE)).status_code == status
    assert not searches_here().searches


async def test_hostile_values_are_shown_as_text(write, reader):
    await write(
        f"{KARMA}:<b>", {"<script>needle": "<img src=x onerror=alert(1)> needle \udcff\x00"}
    )
    page = await searched(reader, links.url("value-search", "prod", q="needle"))
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt; <mark>needle</mark> \\xff\\x00" in page


async def test_without_a_text_it_says_what_it_does(reader):
    assert "What are you looking for?" in await text_of(reader, links.url("value-search", "prod"))
    assert not searches_here().searches


async def test_there_is_room_for_so_many_searches(reader, monkeypatch):
    monkeypatch.setattr(seeking.searches, "MOST", 0)
    assert "Too many people are searching" in await text_of(reader, EVERYWHERE)
