"""What the journal tells."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from dashboard.journal import queries
from dashboard.journal.models import Answer, Deed
from dashboard.journal.recorder import Attempt, record_intent, record_outcome

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "acme.plugins.karma.Karma:\udcff:\x00"


@pytest.fixture
async def mina() -> User:
    return await User.objects.acreate(username="mina")


def attempt(user, key=KEY, store="prod", **facts) -> Attempt:
    given = {"deed": Deed.EDIT, "reason": "typo", "before": b"old", "after": b"new"}
    return Attempt(
        user=user,
        address="::1",
        store=store,
        stored_key=key,
        before_expires_at=None,
        **{**given, **facts},
    )


async def test_a_change_is_told_with_its_bytes_its_reason_and_its_outcome(mina):
    await record_outcome(await record_intent(attempt(mina)), Answer.SAVED, "Saved.")
    (row,) = await queries.for_key("prod", KEY)
    assert (row.who, row.deed, row.reason) == ("mina", Deed.EDIT, "typo")
    assert (row.before, row.after, row.stored_key) == (b"old", b"new", KEY)
    assert (row.answer, row.note) == (Answer.SAVED, "Saved.")


async def test_a_change_without_an_outcome_claims_none(mina):
    await record_intent(attempt(mina))
    assert [row.answer for row in await queries.for_key("prod", KEY)] == [None]


async def test_a_later_outcome_settles_an_unknown_one(mina):
    intent = await record_intent(attempt(mina))
    await record_outcome(intent, Answer.UNKNOWN)
    await record_outcome(intent, Answer.SAVED, "Found later.")
    assert [row.answer for row in await queries.for_key("prod", KEY)] == [Answer.SAVED]


async def test_other_keys_and_stores_are_not_told(mina):
    await record_intent(attempt(mina, key="other"))
    await record_intent(attempt(mina, store="staging"))
    assert await queries.for_key("prod", KEY) == []


async def test_the_newest_come_first_page_by_page(mina):
    made = [(await record_intent(attempt(mina, reason=str(n)))).pk for n in range(5)]
    first = await queries.latest(2)
    assert [row.id for row in first] == made[:-3:-1]
    second = await queries.latest(2, before=first[-1].id)
    assert [row.id for row in second] == made[2:0:-1]


async def test_the_latest_lines_are_those_of_the_stores_asked_for(mina):
    await record_intent(attempt(mina, store="staging"))
    prod = await record_intent(attempt(mina))
    assert [row.id for row in await queries.latest(stores=["prod"])] == [prod.pk]


async def test_an_intent_is_pending_until_something_became_of_it(mina):
    open_one = await record_intent(attempt(mina))
    await record_outcome(await record_intent(attempt(mina)), Answer.REFUSED)
    found = await queries.unsettled(timezone.now())
    assert [(one.intent.pk, one.last_word) for one in found] == [(open_one.pk, 0)]
    assert await queries.unsettled(timezone.now() - timedelta(hours=1)) == []
