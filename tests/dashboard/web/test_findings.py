"""The page of findings: what is found, for whom, put aside with a reason, and back again."""

import pickle
import re

import pytest
from django.contrib.auth.models import User

from dashboard import catalog, findings
from dashboard.access.models import Grant
from dashboard.findings.inspector import Inspector
from dashboard.findings.models import Dismissal
from dashboard.journal.models import Entry
from dashboard.web import links
from tests.dashboard.web.conftest import KARMA, STANDUP, signed_in
from tests.waiting import until

PAGE = "/prod/findings/"
BROKEN = pickle.dumps([1, 2], 4)[:-3]


class Clock:
    """Time that goes on far enough between two looks."""

    now = 0.0

    def __call__(self):
        self.now += 60.0
        return self.now


@pytest.fixture
async def find(prod, write, settings):
    """Look at all values as the inspector does, and make a new report."""
    settings.CUBBYHOLE_PLUGINS = {"prod": (KARMA, STANDUP)}
    looks = findings.looks_at("prod")
    inspector = Inspector(prod, catalog.of("prod"), looks, clock=Clock())

    async def find():
        while keys := inspector.next_keys():
            await inspector.look_at(prod.browsable, keys)
        return await findings.reporter_of("prod").refresh()

    yield find
    findings.looks.forget_all()
    findings.report.forget_all()


async def finding(find, code):
    return next(one for one in (await find()).findings if one.code == code)


async def text_of(browser, address=PAGE, **headers) -> str:
    return (await browser.get(address, headers=headers)).content.decode()


async def put_aside(browser, found, reason="It is meant."):
    address = links.url("finding-dismiss", "prod", finding=found.name)
    return await browser.post(address, {"digest": found.digest, "reason": reason})


async def test_a_store_in_order_says_so(prod, find, reader):
    await find()
    assert "Nothing that needs a look." in await text_of(reader)


async def test_a_finding_is_explained_with_its_evidence_and_a_way_on(write, find, reader):
    await write(f"{KARMA}:odd", BROKEN)
    await find()
    page = await text_of(reader)
    assert "1 value of Karma cannot be read" in page
    assert f'href="{links.key_url("prod", f"{KARMA}:odd")}"' in page
    assert "could not be read to its end" in page


async def test_the_side_pane_counts_what_is_open(write, find, cast):
    await write(f"{KARMA}:odd", BROKEN)
    found = await finding(find, "unreadable")
    place = r'id="p-findings".*?<span class="num soft">(\d*)</span>'
    assert re.search(place, await text_of(cast["reader"], "/prod/"), re.DOTALL)[1] == "1"
    await put_aside(cast["admin"], found)
    assert re.search(place, await text_of(cast["reader"], "/prod/"), re.DOTALL)[1] == ""


async def test_a_finding_is_put_aside_with_a_reason_that_everybody_sees(write, find, cast):
    await write(f"{KARMA}:odd", BROKEN)
    answer = await put_aside(cast["admin"], await finding(find, "unreadable"))
    assert answer.status_code == 303
    page = await text_of(cast["reader"])
    assert "1 put aside" in page
    assert "<q>It is meant.</q>" in page
    assert (await Dismissal.objects.aget()).person_name == "admin"


async def test_putting_aside_is_on_record(write, find, cast):
    await write("release.notes:latest", 1)
    await put_aside(cast["admin"], await finding(find, "collision"))
    entry = await Entry.objects.filter(deed="dismiss").aget()
    assert (entry.person_name, entry.reason) == ("admin", "It is meant.")
    assert "A shared key may be mistaken" in entry.note


async def test_a_finding_is_back_when_its_evidence_changes(write, find, cast):
    await write(f"{KARMA}:odd", BROKEN)
    await put_aside(cast["admin"], await finding(find, "unreadable"))
    await write(f"{KARMA}:odder", BROKEN)
    await find()
    page = await text_of(cast["reader"])
    assert "2 values of Karma cannot be read" in page
    assert "its evidence has changed since" in page
    assert "put aside</summary>" not in page


async def test_other_bytes_under_the_same_key_bring_a_finding_back(write, find, cast):
    await write(f"{KARMA}:odd", BROKEN)
    await put_aside(cast["admin"], await finding(find, "unreadable"))
    await write(f"{KARMA}:odd", pickle.dumps([3, 4], 4)[:-3])
    await find()
    assert "its evidence has changed since" in await text_of(cast["reader"])


async def test_a_finding_that_stays_the_same_stays_aside(write, find, cast):
    await write(f"{KARMA}:odd", BROKEN)
    await put_aside(cast["admin"], await finding(find, "unreadable"))
    await write(f"{KARMA}:fine", 1)
    await find()
    assert "put aside</summary>" in await text_of(cast["reader"])


async def test_a_finding_can_be_brought_back(write, find, cast):
    await write(f"{KARMA}:odd", BROKEN)
    found = await finding(find, "unreadable")
    await put_aside(cast["admin"], found)
    await cast["admin"].post(links.url("finding-return", "prod", finding=found.name))
    assert "put aside</summary>" not in await text_of(cast["reader"])


async def test_it_is_not_put_aside_without_a_reason(write, find, cast):
    await write(f"{KARMA}:odd", BROKEN)
    answer = await put_aside(cast["admin"], await finding(find, "unreadable"), reason=" ")
    assert answer.status_code == 422
    assert "Say why." in answer.content.decode()
    assert not await Dismissal.objects.aexists()


async def test_evidence_that_changed_meanwhile_is_not_put_aside_unseen(write, find, cast):
    await write(f"{KARMA}:odd", BROKEN)
    seen = await finding(find, "unreadable")
    await write(f"{KARMA}:odder", BROKEN)
    await find()
    answer = await put_aside(cast["admin"], seen)
    assert answer.status_code == 422
    assert "The evidence changed meanwhile." in answer.content.decode()


async def test_what_grew_meanwhile_is_not_put_aside_unseen(write, find, cast):
    await write(f"{KARMA}:large", "x" * 100_000)
    seen = await finding(find, "large")
    await write(f"{KARMA}:large", "x" * 200_000)

    async def is_found():  # a look at all sizes that took long is not repeated at once
        return (await finding(find, "large")).amount != seen.amount

    await until(is_found)
    address = links.url("finding-dismiss", "prod", finding=seen.name)
    said = {"digest": seen.digest, "amount": str(seen.amount), "reason": "It is meant."}
    assert (await cast["admin"].post(address, said)).status_code == 422
    now = await finding(find, "large")
    assert f'name="amount" value="{now.amount}"' in await text_of(cast["admin"], address)
    said["amount"] = str(now.amount)
    assert (await cast["admin"].post(address, said)).status_code == 303
    assert (await Dismissal.objects.aget()).amount == now.amount


@pytest.mark.parametrize("kind", ["reader", "signed out", "nobody"])
async def test_whoever_may_not_review_puts_nothing_aside(write, find, cast, kind):
    await write(f"{KARMA}:odd", BROKEN)
    answer = await put_aside(cast[kind], await finding(find, "unreadable"))
    assert answer.status_code in {302, 401, 403, 404}
    assert not await Dismissal.objects.aexists()


async def test_an_auditor_may_put_aside(write, find):
    await write(f"{KARMA}:odd", BROKEN)
    auditor = await signed_in("aya", "auditor")
    assert (await put_aside(auditor, await finding(find, "unreadable"))).status_code == 303


async def test_with_htmx_the_list_takes_the_place_of_itself(write, find, cast):
    await write(f"{KARMA}:odd", BROKEN)
    found = await finding(find, "unreadable")
    address = links.url("finding-dismiss", "prod", finding=found.name)
    answer = await cast["admin"].post(
        address, {"digest": found.digest, "reason": "Known."}, headers={"HX-Request": "true"}
    )
    assert answer["HX-Retarget"] == "#findings"
    assert answer.content.decode().lstrip().startswith('<div id="findings"')


async def test_rights_in_one_plugin_show_the_findings_of_that_one_only(write, find, cast):
    await write(f"{KARMA}:odd", BROKEN)
    await write("team", BROKEN)
    await write("release.notes:latest", 1)
    await find()
    nobody = await User.objects.aget(username="nobody")
    await Grant.objects.acreate(person=nobody, role="reader", store="prod", where=KARMA)
    page = await text_of(cast["nobody"])
    assert "1 value of Karma cannot be read" in page
    assert "team" not in page
    assert "release.notes" not in page
    assert "values were looked at" not in page


async def test_a_guess_does_not_tell_of_a_plugin_that_is_not_seen(write, find, cast, settings):
    settings.CUBBYHOLE_PLUGINS = {"prod": (KARMA,)}
    await write("acme.old.karma.Karma:U1", 1)
    await write("acme.old.karma.Karma:U2", 1)
    await find()
    nobody = await User.objects.aget(username="nobody")
    where = "acme.old.karma.Karma"
    await Grant.objects.acreate(person=nobody, role="reader", store="prod", where=where)
    assert "It may be called" in await text_of(cast["reader"])
    page = await text_of(cast["nobody"])
    assert "Karma is gone, its keys are not" in page
    assert KARMA not in page


async def test_hostile_names_in_findings_are_text(write, find, cast):
    await write("<script>alert(1)</script>\udce9\x00", BROKEN)
    await write("release.notes:<img src=x onerror=alert(1)>", 1)
    found = await finding(find, "collision")
    page = await text_of(cast["admin"])
    assert "<script>alert" not in page
    assert "<img" not in page
    form = await text_of(cast["admin"], links.url("finding-dismiss", "prod", finding=found.name))
    assert "<img" not in form
    assert (await put_aside(cast["admin"], await finding(find, "unreadable"))).status_code == 303


async def test_the_list_follows_what_is_found(write, find, reader):
    await find()
    part = await text_of(reader, **{"HX-Request": "true", "HX-Target": "findings"})
    assert "data-topic=" in part
    assert "<html" not in part


async def test_the_page_says_how_many_values_are_too_large_to_be_looked_at(
    write, find, reader, monkeypatch
):
    monkeypatch.setattr(findings.inspector, "LARGEST", 500)
    monkeypatch.setattr(findings.inspector, "LARGEST_READ", 600)
    await write(f"{KARMA}:odd", "x" * 700)
    await find()
    page = await text_of(reader)
    assert "1 value cannot be looked at" in page
    assert "were looked at" in page
    assert "All " not in re.findall(r'<p class="hint">(.*?)</p>', page)[-1]
