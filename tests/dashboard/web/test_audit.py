"""The shared keys under audit: what is known, signed off, changed since, and taken along."""

import csv
import io
import json
import pickle
import re
import time
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from dashboard import catalog, findings
from dashboard.access.models import Grant
from dashboard.audit import unwritten
from dashboard.audit.models import Review, Sighting, Watch
from dashboard.audit.sightings import Witness
from dashboard.audit.watches import watch
from dashboard.findings import inspector as inspector_module
from dashboard.findings.inspector import Inspector
from dashboard.journal.models import Entry
from dashboard.web import links
from dashboard.web.views import audit as views
from tests.dashboard.web.conftest import KARMA, signed_in
from tests.waiting import until

PAGE = "/prod/audit/"
ADMINS = "rbac:role:admin"


@pytest.fixture
async def settle(prod, transactional_db, monkeypatch):
    """Look at all values and write down what was seen, as the server does in passing."""
    monkeypatch.setattr(inspector_module, "SOON", 0.0)
    known = catalog.of("prod")
    witness = Witness("prod", known, unwritten=unwritten.unwritten_of("prod"))
    inspector = Inspector(prod, known, findings.looks_at("prod"))

    async def settle():
        while keys := inspector.next_keys():
            await inspector.look_at(prod.browsable, keys)
        await witness.introduce()
        await witness.flush()

    await settle()
    yield settle
    findings.looks.forget_all()
    unwritten.forget_all()


async def text_of(browser, address=PAGE, **headers) -> str:
    return (await browser.get(address, headers=headers)).content.decode()


async def sign(browser, remark=""):
    page = await text_of(browser, "/prod/audit/review/")
    looked_at = re.search(r'name="looked_at" value="([^"]+)"', page)[1]
    return await browser.post("/prod/audit/review/", {"looked_at": looked_at, "remark": remark})


def row_of(page: str, name: str) -> str:
    rows = re.findall(r"<tr id=.*?</tr>", page, re.DOTALL)
    return next(row for row in rows if f">{name}</a>" in row)


async def test_each_shared_key_is_shown_with_what_is_known_of_it(write, settle, reader):
    await write("team", {"name": "Platform"}, expires=3600)
    await write("team", {"name": "Platforms"}, expires=3600)
    await settle()
    row = row_of(await text_of(reader), "team")
    assert ">dict</td>" in row
    assert "60 min" in row or "1 h" in row
    assert '<td class="num soft wide">2</td>' in row
    assert "the bot" in row


async def test_keys_of_plugins_are_not_in_it(settle, reader):
    assert "U02MINA" not in re.sub(r"<nav.*?</nav>", "", await text_of(reader), flags=re.DOTALL)


async def test_who_stored_a_value_from_here_is_named_until_the_bot_writes(
    write, settle, cast, reader
):
    fields = {"name": "flags", "text": "{'polls': True}", "when": "never", "unit": "h"}
    await cast["admin"].post(links.url("key-create", "prod"), fields)
    await write(ADMINS, ["U02MINA", "U07AYA"])
    await settle()
    assert 'data-label="by">admin</td>' in row_of(await text_of(reader), "flags")
    await write("flags", {"polls": False})
    await settle()
    assert 'data-label="by">the bot</td>' in row_of(await text_of(reader), "flags")


async def test_nobody_is_named_until_a_value_was_compared_with_what_a_person_stored(
    settle, cast, reader
):
    fields = {"name": "flags", "text": "{'polls': True}", "when": "never", "unit": "h"}
    await cast["admin"].post(links.url("key-create", "prod"), fields)
    await settle()
    findings.looks_at("prod").discard("flags")  # as after a start
    row = row_of(await text_of(reader), "flags")
    assert "the bot" not in row
    assert "admin" not in row


async def test_a_plugin_that_reports_to_write_a_key_is_named(write, settle, reader):
    await write("team", 1)
    await write(f"cubbyhole.Writers:{KARMA}:team", None)
    await settle()
    assert 'data-label="by">Karma</td>' in row_of(await text_of(reader), "team")


async def test_a_signed_off_state_says_who_when_and_why(settle, cast, reader):
    assert "Nobody has signed them off yet." in await text_of(reader)
    await sign(cast["admin"], "All as it should be.")
    page = await text_of(reader)
    assert "<b>admin</b> signed them off" in page
    assert "<q>All as it should be.</q>" in page
    assert "Nothing has changed since." in page
    entry = await Entry.objects.filter(deed="review").aget()
    assert (entry.person_name, entry.reason) == ("admin", "All as it should be.")


async def test_what_changed_since_is_shown_with_who_did_it(write, settle, cast, reader):
    await write("team", 1)
    await settle()
    await sign(cast["admin"])
    await write("team", 2)
    fields = {"name": "flags", "text": "1", "when": "never", "unit": "h"}
    await cast["admin"].post(links.url("key-create", "prod"), fields)
    await write("flags", 1)
    await settle()
    page = await text_of(reader)
    assert "Since then: <b>1 new, 1 changed</b>" in page
    assert "by the bot" in row_of(page, "team")
    assert "by admin" in row_of(page, "flags")
    assert "since-" not in row_of(page, ADMINS)


async def test_a_key_that_is_gone_since_is_shown(prod, write, settle, cast, reader):
    await sign(cast["admin"])
    await prod.backend.delete(ADMINS)
    await write("other", 1)
    await settle()
    page = await text_of(reader)
    assert "1 new, 1 gone" in page
    assert "since-gone" in page


async def test_a_change_counts_before_anything_looked_at_it(write, settle, cast, reader):
    await write("team", "Platform")
    await settle()
    await sign(cast["admin"])
    await write("team", "Platforms")
    assert "since-changed" in row_of(await text_of(reader), "team")


@pytest.mark.parametrize(("before", "after"), [(None, 3600), (3600, None), (3600, 7200)])
async def test_another_expiry_is_a_change_since(write, settle, cast, reader, before, after):
    await write("team", 1, expires=before)
    await settle()
    await sign(cast["admin"])
    await write("team", 1, expires=after)
    await settle()
    assert "since-changed" in row_of(await text_of(reader), "team")


async def test_the_same_expiry_is_no_change_since(write, settle, cast, reader):
    await write("team", 1, expires=3600)
    await settle()
    await sign(cast["admin"])
    await write("team", 1, expires=3600)
    await settle()
    assert "Nothing has changed since." in await text_of(reader)


async def test_what_was_not_read_before_or_after_a_stop_cannot_be_told(write, settle, cast, reader):
    await write("team", 1)
    await settle()
    findings.looks_at("prod").discard("team")
    await sign(cast["admin"])
    assert "Nothing has changed since." in await text_of(reader)
    catalog.of("prod").report(finished_at=time.time() + 60)  # as after a start
    page = await text_of(reader)
    assert "1 cannot be told" in page
    assert 'class="since-cannot-be-told">cannot be told</span>' in row_of(page, "team")


async def test_a_key_whose_time_had_come_is_not_said_to_be_gone_by_the_bot(
    prod, write, settle, cast, reader
):
    await write("team", 1, expires=3600)
    await settle()
    await sign(cast["admin"])
    review = await Review.objects.aget()
    (state,) = [one for one in review.state.values() if one["expires_at"]]
    state["expires_at"] = time.time() - 1  # its hour is over
    await review.asave()
    await prod.backend.delete("team")
    await until(lambda: catalog.of("prod").row("team") is None)
    await settle()
    page = await text_of(reader)
    assert "1 expired" in page
    assert "by the bot" not in page


async def test_a_key_is_not_first_seen_after_it_changed(write, settle, cast):
    await write("team", 1)
    await settle()
    answer = await cast["admin"].post(f"{PAGE}export/?q=team", {"as": "jsonl"})
    row = json.loads(answer.content)
    assert row["first_seen"] <= row["last_changed"]


async def test_the_same_value_written_again_is_no_change_since(write, settle, cast, reader):
    await sign(cast["admin"])
    await write(ADMINS, ["U02MINA"])
    await settle()
    assert "Nothing has changed since." in await text_of(reader)


async def test_a_change_while_somebody_looks_counts_as_a_change_since(write, settle, cast, reader):
    page = await text_of(cast["admin"], "/prod/audit/review/")
    looked_at = re.search(r'name="looked_at" value="([^"]+)"', page)[1]
    await write(ADMINS, ["U99EVIL"])
    await settle()
    await cast["admin"].post("/prod/audit/review/", {"looked_at": looked_at})
    assert "Since then: <b>1 changed</b>" in await text_of(reader)


@pytest.mark.parametrize("looked_at", ["", "1800000000", "1800000000:1:forged"])
async def test_a_page_that_was_not_shown_cannot_be_signed(settle, cast, looked_at):
    answer = await cast["admin"].post("/prod/audit/review/", {"looked_at": looked_at})
    assert answer.status_code == 422
    assert not await Review.objects.aexists()


async def test_whoever_may_not_review_is_told_why(settle, reader):
    page = await text_of(reader)
    assert "You may not sign off reviews" in page
    assert (await reader.post("/prod/audit/review/", {})).status_code == 403


async def test_filters_show_a_part(write, settle, cast, reader):
    await write("team", {"a": 1})
    await sign(cast["admin"])
    await write("fresh", 1)
    await settle()
    for query, shown in (("?q=tea", "team"), ("?kind=dict", "team"), ("?news=1", "fresh")):
        page = await text_of(reader, PAGE + query)
        assert "1 of 3 shared keys" in page
        assert f">{shown}</a>" in page


async def test_the_audit_is_taken_along_as_csv_with_tame_cells(write, settle, cast):
    await write("=cmd|' /C calc'!A0", 1)
    await settle()
    answer = await cast["admin"].post(f"{PAGE}export/", {"as": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [row["key"] for row in rows] == ["'=cmd|' /C calc'!A0", ADMINS]
    assert rows[1]["kind"] == "list"
    assert "attachment" in answer["Content-Disposition"]


async def test_the_audit_is_taken_along_as_json_lines_of_what_was_asked_for(write, settle, cast):
    await write("team", 1)
    await settle()
    answer = await cast["admin"].post(f"{PAGE}export/?q=tea", {"as": "jsonl"})
    (row,) = [json.loads(line) for line in answer.content.splitlines()]
    assert row["key"] == "team"
    assert row["size"] == len(pickle.dumps(1, 4))
    entry = await Entry.objects.filter(deed="export").aget()
    assert "“tea” in the name" in entry.note


async def test_a_row_that_is_taken_along_is_of_one_moment(write, settle, cast):
    """Changes are written down in batches, and one that waits for its batch is counted."""
    for number in range(3):
        await write("team", number)
    answer = await cast["admin"].post(f"{PAGE}export/?q=tea", {"as": "jsonl"})
    row, last = json.loads(answer.content), catalog.of("prod").row("team").changed_at
    assert datetime.fromisoformat(row["last_changed"]).timestamp() == pytest.approx(last, abs=1)
    assert row["changes"] == 3
    assert row["first_seen"]


async def test_an_auditor_may_take_it_along_and_a_reader_may_not(settle, reader):
    auditor = await signed_in("aya", "auditor")
    assert (await auditor.post(f"{PAGE}export/", {"as": "csv"})).status_code == 200
    assert (await reader.post(f"{PAGE}export/", {"as": "csv"})).status_code == 403


async def test_a_printed_page_says_when_and_what_was_asked_for(settle, reader):
    page = await text_of(reader, f"{PAGE}?q=rbac")
    assert re.search(r"Printed \d{4}-\d\d-\d\d .* UTC by reader\. Shown: “rbac” in the name", page)


async def test_whoever_sees_no_shared_keys_has_no_audit(settle, cast):
    nobody = await User.objects.aget(username="nobody")
    await Grant.objects.acreate(person=nobody, role="reader", store="prod", where=KARMA)
    assert (await cast["nobody"].get(PAGE)).status_code == 404
    assert 'id="p-audit"' not in await text_of(cast["nobody"], "/prod/")


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x>', "caf\udce9\x00"])
async def test_hostile_names_in_the_audit_are_text(write, settle, cast, name):
    await sign(cast["admin"])
    await write(name, 1)
    await settle()
    for address in (PAGE, "/prod/audit/review/", links.url("audit", "prod", q=name)):
        page = await text_of(cast["admin"], address)
        assert "<script>alert" not in page
        assert "<img" not in page
    assert (await cast["admin"].post(f"{PAGE}export/", {"as": "csv"})).status_code == 200
    await sign(cast["admin"])
    assert "Nothing has changed since." in await text_of(cast["admin"])


async def test_a_long_audit_shows_its_beginning_and_is_taken_along_whole(
    prod, settle, cast, monkeypatch
):
    monkeypatch.setattr(views, "MOST_ROWS", 2)
    for number in range(4):
        await prod.backend.set(f"key-{number}", b"\x80\x04K\x01.")
    known = catalog.of("prod")
    await until(lambda: all(known.row(f"key-{number}") for number in range(4)))
    page = await text_of(cast["admin"])
    assert "5 of 5 shared keys, the first 2 of them" in page
    assert page.count('<tr id="r-') == 2
    answer = await cast["admin"].post(f"{PAGE}export/", {"as": "jsonl"})
    assert len(answer.content.splitlines()) == 5


@pytest.fixture
async def missed(settle):
    """The shared key changed between nine hours and one hour ago, while nobody watched."""
    now = timezone.now()
    span = {"missed_from": now - timedelta(hours=9), "missed_until": now - timedelta(hours=1)}
    await Sighting.objects.filter(is_shared=True).aupdate(
        changes=4, last_changed=now - timedelta(days=3), **span
    )
    return {name: moment.isoformat(timespec="seconds")[:19] for name, moment in span.items()}


async def test_a_change_that_nobody_saw_is_told_with_from_when_to_when(missed, prod, cast):
    row = row_of(await text_of(cast["reader"]), ADMINS)
    told = re.sub("<[^>]*>", "", row)
    assert "changed while nobody watched, between 9 h ago and 1 h ago" in told
    assert missed["missed_from"].replace("T", " ") in told  # on paper
    assert '<td class="num soft wide">4</td>' in row
    await cast["reader"].post(links.key_url("prod", ADMINS, "key-watch"), {"do": "watch"})
    for address in ("/watches/", links.key_url("prod", ADMINS, "key-timeline")):
        page = re.sub("<[^>]*>", "", await text_of(cast["reader"], address))
        assert "changed while nobody watched" in page


async def test_an_export_says_after_and_until_when_it_was_that_nobody_saw(missed, prod, cast):
    answer = await cast["admin"].post("/prod/audit/export/", {"as": "jsonl"})
    (row,) = [json.loads(line) for line in answer.content.splitlines()]
    assert row["changed_after"].startswith(missed["missed_from"])
    assert row["last_changed"].startswith(missed["missed_until"])
    answer = await cast["admin"].post("/prod/audit/export/", {"as": "csv"})
    (row,) = csv.DictReader(io.StringIO(answer.content.decode()))
    assert row["changed_after"].startswith(missed["missed_from"])


async def test_watches_are_sorted_by_when_a_key_changed_at_the_latest(missed, prod, cast):
    reader = cast["reader"]
    user = await User.objects.aget(username="reader")
    for name, hours in (("early", 2), ("late", 0.5)):
        mine = await watch(user, "prod", name, posts=False)
        at = timezone.now() - timedelta(hours=hours)
        await Watch.objects.filter(pk=mine.pk).aupdate(since=at)
    await reader.post(links.key_url("prod", ADMINS, "key-watch"), {"do": "watch"})
    shown = re.findall(r'id="k-[^>]*>([^<]+)</a>', await text_of(reader, "/watches/"))
    assert shown == ["late", ADMINS, "early"]
