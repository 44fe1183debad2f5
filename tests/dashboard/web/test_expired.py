"""What has expired and is still stored: listed by name, counted alike everywhere."""

import re
import time

import pytest
from django.contrib.auth.models import User

from dashboard import findings
from dashboard.access.models import Grant
from dashboard.findings import leftovers
from dashboard.web import links
from storage_core.entries import EntryInfo
from tests.dashboard.web.conftest import KARMA, STANDUP

GONE = "acme.plugins.gone.Gone"
OVERDUE = links.namespace_url("prod", KARMA, expires="overdue")


class Keeper:
    """A store that keeps what has expired: six keys of one plugin, one of another, one shared."""

    async def overdue(self, *, batch):
        late = time.time() - 3600
        yield [EntryInfo(f"{KARMA}:late{n}", 10 + n, late - n) for n in range(6)]
        yield [EntryInfo(f"{GONE}:x", 5, late), EntryInfo("late-team", 7, late)]


@pytest.fixture
async def left(prod):
    await findings.leftovers_in("prod").count(Keeper())
    yield
    leftovers.forget_all()
    findings.report.forget_all()


async def text_of(browser, address) -> str:
    answer = await browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def names_of(page: str) -> list[str]:
    return re.findall(r'id="k-[0-9a-f]+"[^>]*>([^<]+)</a>', page)


async def test_the_finding_leads_to_the_keys_it_tells_of(left, cast):
    await findings.reporter_of("prod").refresh()
    page = await text_of(cast["admin"], "/prod/findings/")
    assert "Karma: 6 entries expired and still stored" in page
    assert OVERDUE.replace("&", "&amp;") in page
    page = await text_of(cast["admin"], OVERDUE)
    assert names_of(page) == [f"late{n}" for n in range(6)]
    assert "expired 1 h ago" in page


async def test_the_line_below_a_name_says_why_it_shows_no_value(left, reader):
    said = re.findall(r'<span class="preview">([^<]*)<', await text_of(reader, OVERDUE))
    assert said == ["Expired: its value is not shown any more."] * 6


async def test_the_histogram_counts_what_the_finding_counts(left, reader):
    for address, count in ((links.url("pictures", "prod", ns=KARMA), 6), ("/prod/pictures/", 8)):
        row = re.search(r'<th scope="row">overdue</th>.*?</tr>', await text_of(reader, address))[0]
        assert f'<td class="num">{count}</td>' in row


async def test_a_plugin_of_which_nothing_else_is_left_is_listed(left, reader):
    address = links.namespace_url("prod", GONE, expires="overdue")
    assert names_of(await text_of(reader, address)) == ["x"]
    assert (await reader.get(links.namespace_url("prod", "acme.Never"))).status_code == 404


async def test_a_search_and_sizes_narrow_it_and_a_head_sorts_it(left, reader):
    assert names_of(await text_of(reader, f"{OVERDUE}&q=late3")) == ["late3"]
    assert names_of(await text_of(reader, f"{OVERDUE}&larger=13")) == ["late4", "late5"]
    sizes = names_of(await text_of(reader, f"{OVERDUE}&sort=size&desc=1"))
    assert sizes == [f"late{n}" for n in reversed(range(6))]


async def test_what_was_written_anew_is_not_listed(left, reader, write):
    await write(f"{KARMA}:late0", 1)
    assert "late0" not in names_of(await text_of(reader, OVERDUE))


async def test_the_store_lists_what_a_person_may_see(left, cast):
    names = set(names_of(await text_of(cast["reader"], "/prod/?expires=overdue")))
    assert names == {*(f"late{n}" for n in range(6)), "x", "late-team"}
    nobody = await User.objects.aget(username="nobody")
    await Grant.objects.acreate(person=nobody, role="reader", store="prod", where=STANDUP)
    assert names_of(await text_of(cast["nobody"], "/prod/?expires=overdue")) == []
    assert (await cast["nobody"].get(OVERDUE)).status_code == 404


async def test_many_are_listed_page_by_page(prod, left, reader):
    entries = [EntryInfo(f"{KARMA}:n{n:03}", 1, 1.0) for n in range(120)]
    findings.leftovers_in("prod").entries = entries
    seen, address = [], OVERDUE
    while address:
        page = await text_of(reader, address)
        seen += names_of(page)
        found = re.search(r'href="([^"]+)" id="page-next"', page)
        address = found and found[1].replace("&amp;", "&")
    assert seen == [f"n{n:03}" for n in range(120)]
