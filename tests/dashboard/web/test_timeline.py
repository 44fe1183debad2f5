"""What became of a key: people's changes and the bot's, as far as they were seen."""

import pickle
import re
import time
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User

from dashboard import catalog, operations
from dashboard.access import rights_of
from dashboard.audit.models import Sighting
from dashboard.audit.sightings import Witness
from dashboard.audit.trail import Span, extended, spans_of
from dashboard.audit.unwritten import Seen
from dashboard.journal.models import Answer, Deed
from dashboard.journal.queries import JournalRow
from dashboard.keyed import digest_of_key
from dashboard.web import links
from dashboard.web.timeline import told_apart
from tests.dashboard.web.conftest import DAILY, VALUES
from tests.waiting import until

OLD = pickle.dumps(VALUES[DAILY], 4)
NEW = OLD.replace(b"platfrom", b"platform")


async def lines(browser) -> list[str]:
    page = (await browser.get(links.key_url("prod", DAILY))).content.decode()
    section = re.search(r'id="history".*?</section>', page, re.DOTALL)[0]
    texts = re.findall(r"<li>(.*?)</li>", section, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<time.*?</time>|<[^>]+>", "", text)) for text in texts]


@pytest.fixture
async def acting(prod, cast) -> operations.Person:
    user = await User.objects.aget(username="admin")
    return operations.Person(user, await rights_of(user))


async def test_a_change_of_the_bot_is_told(prod, write, reader):
    catalog.of("prod").activity.recent.clear()
    await write(DAILY, 1)
    assert await lines(reader) == ["The bot wrote it"]


async def test_a_change_by_a_person_is_not_told_as_the_bots_when_it_comes_back(
    prod, reader, acting
):
    recent = catalog.of("prod").activity.recent
    recent.clear()
    await operations.edit(acting, "prod", DAILY, OLD, NEW)
    await until(lambda: any(one.stored_key == DAILY for one in recent))
    assert await lines(reader) == ["admin edited itdone"]


def test_writes_that_follow_each_other_are_one_line():
    changes = [Span(at, at, 1, is_gone=False) for at in (1.0, 5.0, 9.0)]
    gone = Span(12.0, 12.0, 1, is_gone=True)
    found = told_apart([gone, *reversed(changes)], [])
    assert found == [Span(1.0, 9.0, 3, is_gone=False), gone]


def test_writes_that_are_far_apart_are_lines_of_their_own():
    spans = [Span(1.0, 2.0, 2, is_gone=False), Span(500.0, 500.0, 1, is_gone=False)]
    assert told_apart(spans, []) == spans


def of_person(at: float) -> JournalRow:
    moment = datetime.fromtimestamp(at, UTC)
    deed = (Deed.EDIT, "", "prod", DAILY, Answer.SAVED, "", None, None)
    return JournalRow(1, moment, "mina", *deed, has_images=False)


@pytest.mark.parametrize(
    ("moments", "people", "bots"),
    [
        ([100.0, 102.515], [102.5], (100.0, 100.0, 1)),  # the bot, then a person
        ([102.515, 103.0], [102.5], (103.0, 103.0, 1)),  # a person, then the bot
        ([100.0, 102.515, 104.0], [102.5], (100.0, 104.0, 2)),
        ([100.0, 101.0, 102.515, 103.02], [102.5, 103.0], (100.0, 101.0, 2)),
        ([102.515], [102.5], None),
        ([100.0, 110.0], [102.5], (100.0, 110.0, 2)),  # nothing was seen of the person's change
    ],
)
def test_the_echo_of_a_persons_change_is_neither_counted_nor_the_bots_last_moment(
    moments, people, bots
):
    seen = Seen.at(moments[0], is_gone=False)
    for moment in moments[1:]:
        seen.note(moment, is_gone=False)
    found = told_apart(spans_of(extended([], seen.spans, seen.count)), map(of_person, people))
    assert [(one.first, one.last, one.count) for one in found] == ([bots] if bots else [])


async def test_the_bot_did_not_write_after_a_correction_that_came_just_after_it(
    prod, write, acting, reader
):
    witness = Witness("prod", catalog.of("prod"))
    for change in (
        lambda: write(DAILY, 1),
        lambda: operations.edit(acting, "prod", DAILY, pickle.dumps(1, 4), NEW),
    ):
        since = time.time()
        await change()
        # One after the other: what changes twice while it waits to be looked at is seen once.
        await until(lambda: (seen := witness.unwritten.waiting.get(DAILY)) and seen.last >= since)  # noqa: B023 - it is called before the next
    await witness.flush()
    assert await lines(reader) == ["admin edited itdone", "The bot wrote it"]


async def test_an_idle_keys_last_change_is_told_however_busy_others_are(prod, write, reader):
    witness = Witness("prod", catalog.of("prod"))
    await write(DAILY, 1)
    await until(lambda: DAILY in witness.unwritten.waiting)
    await witness.flush()
    for number in range(250):
        await prod.backend.set(f"busy:{number}", b"x")
    recent = catalog.of("prod").activity.recent
    await until(lambda: not any(one.stored_key == DAILY for one in recent))
    assert await lines(reader) == ["The bot wrote it"]


async def test_it_says_since_when_the_store_is_watched(prod, reader):
    page = (await reader.get(links.key_url("prod", DAILY))).content.decode()
    assert "watched without a break since" in page


async def test_it_says_how_often_the_key_was_seen_changing(prod, reader):
    await Sighting.objects.aupdate_or_create(
        store="prod",
        key_digest=digest_of_key(DAILY),
        defaults={"key": DAILY.encode(), "is_shared": False, "first_seen": "2026-01-01T00:00Z"}
        | {"changes": 1204},
    )
    page = (await reader.get(links.key_url("prod", DAILY))).content.decode()
    assert "1,204 changes since." in page
