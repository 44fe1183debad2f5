"""A list that many have open: its table is made once for those who may see the same of it."""

import asyncio
import re

import pytest
from django.contrib.auth.models import User

from dashboard.access.models import Grant
from dashboard.web import links, listed
from tests.dashboard.web.conftest import KARMA, signed_in

LIST = links.namespace_url("prod", KARMA)
ROWS = {"HX-Request": "true", "HX-Target": "rows"}
TOPIC = re.compile(r'data-topic="([^"]*)"')


@pytest.fixture
def tables(monkeypatch):
    """How many rows each table had that was made."""
    made = []
    table_of = listed.table_of

    def make(found):
        made.append(len(found.keys))
        return table_of(found)

    monkeypatch.setattr(listed, "table_of", make)
    return made


async def rows_for(*browsers):
    answers = await asyncio.gather(*(browser.get(LIST, headers=ROWS) for browser in browsers))
    return [answer.text for answer in answers]


async def test_people_of_the_same_rights_share_a_table(prod, tables):
    browsers = [await signed_in(f"person{number}", "reader") for number in range(20)]
    found = await rows_for(*browsers)
    assert all("U02MINA" in text for text in found)
    assert len(tables) < 5


async def test_what_they_may_watch_stays_their_own(prod, tables):
    one, other = await rows_for(await signed_in("anna", "reader"), await signed_in("ben", "reader"))
    assert TOPIC.findall(one) != TOPIC.findall(other)
    assert TOPIC.sub("", one) == TOPIC.sub("", other)


async def test_other_rights_make_another_table(prod, tables):
    reader, nameless = await signed_in("anna", "reader"), await signed_in("ben", None)
    ben = await User.objects.aget(username="ben")
    await Grant.objects.acreate(person=ben, role="reader", store="prod", where=KARMA)
    found = await rows_for(reader, nameless)
    assert all("U02MINA" in text for text in found)
    assert len(tables) == 2


async def test_whoever_may_not_see_the_list_shares_nothing(prod, cast, tables):
    may, may_not = await asyncio.gather(
        cast["reader"].get(LIST, headers=ROWS), cast["nobody"].get(LIST, headers=ROWS)
    )
    assert may.status_code == 200
    assert may_not.status_code == 404
    assert "U02MINA" not in may_not.text


async def test_the_counts_alone_look_at_no_rows(prod, cast, monkeypatch):
    async def refuse(*_, **__):
        raise AssertionError("Nobody asked for rows.")

    monkeypatch.setattr("dashboard.web.views.namespace.listed", refuse)
    monkeypatch.setattr("dashboard.web.views.namespace.listed_for_all", refuse)
    headers = {"HX-Request": "true", "HX-Target": "counts"}
    answer = await cast["reader"].get(LIST, headers=headers)
    assert "2 keys" in answer.text
