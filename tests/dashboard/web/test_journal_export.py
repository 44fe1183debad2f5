"""Taking the journal along."""

import csv
import io
import json

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError

from dashboard.access.models import Grant
from dashboard.journal.models import Deed, Entry
from tests.dashboard.web.conftest import DAILY, KARMA, signed_in
from tests.dashboard.web.test_journal import ODD_KEY, changed


async def taken(browser, form="jsonl", **asked) -> str:
    answer = await browser.post("/journal/export/", {"as": form, **asked})
    assert answer.status_code == 200
    return b"".join([piece async for piece in answer.streaming_content]).decode()


@pytest.fixture
async def auditor(prod):
    return await signed_in("ada", "auditor")


async def test_the_lines_come_as_json_one_a_line(auditor):
    await changed(ODD_KEY, reason="why not")
    (line,) = map(json.loads, (await taken(auditor, key="caf")).splitlines())
    assert (line["person"], line["answer"], line["reason"]) == ("mina", "saved", "why not")
    assert line["key"] == f"{KARMA}:caf\\xe9"


async def test_the_lines_come_as_csv_with_a_head(auditor):
    await changed()
    head, line = csv.reader(io.StringIO(await taken(auditor, "csv", person="mina")))
    assert dict(zip(head, line, strict=True))["key"] == DAILY


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r="])
async def test_no_cell_is_a_formula(auditor, start):
    await changed(reason=f"{start}HYPERLINK(1)")
    _, line = csv.reader(io.StringIO(await taken(auditor, "csv", person="mina"), newline=""))
    assert f"'{start}HYPERLINK(1)" in line


async def test_only_what_is_asked_for_is_taken(auditor):
    await changed(who="jon")
    await changed()
    assert len((await taken(auditor, person="jon")).splitlines()) == 1


async def test_more_than_one_page_of_the_journal_comes_whole(auditor):
    made = [(await changed(reason=str(n), answer=None)).pk for n in range(205)]
    found = [int(json.loads(line)["number"]) for line in (await taken(auditor)).splitlines()]
    assert found == made[::-1]


async def test_that_somebody_took_it_along_is_on_record_before_it_leaves(auditor):
    await taken(auditor, "csv", person="mina")
    entry = await Entry.objects.alatest("index")
    assert (entry.person_name, entry.deed) == ("ada", Deed.EXPORT)
    assert entry.note == "The journal as csv: person mina."


async def test_without_a_record_nothing_leaves(auditor, monkeypatch):
    def full(entry):
        raise DatabaseError("database or disk is full")

    monkeypatch.setattr("dashboard.journal.chain.append", full)
    answer = await auditor.post("/journal/export/", {"as": "csv"})
    assert answer.status_code == 503
    assert "without a record nothing is changed" in answer.content.decode()


async def test_only_places_whose_lists_may_be_taken_along_are_in_it(prod):
    browser = await signed_in("ada", None)
    ada = await User.objects.aget(username="ada")
    await Grant.objects.acreate(person=ada, role="auditor", store="prod", where=KARMA)
    await Grant.objects.acreate(person=ada, role="reader", store="prod", where="*")
    await changed(DAILY)
    karma = await changed(f"{KARMA}:U1")
    found = [int(json.loads(line)["number"]) for line in (await taken(browser)).splitlines()]
    assert found == [karma.pk]
