"""Changes by people: allowed, on record, exact, and never silently lost."""

import asyncio
import pickle
import time
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404
from django.utils import timezone

from dashboard import operations, reading, stores
from dashboard.access import NO_RIGHTS, people, rights_of
from dashboard.journal import queries
from dashboard.journal.models import Answer, Entry
from dashboard.operations import commands, execution, settlement
from storage_core.backends.memory import MemoryStorage
from storage_core.entries import Outcome
from storage_core.exceptions import (
    InvalidExpiry,
    ReadOnlyStore,
    RefusedEdit,
    StoreUnavailable,
    UnsupportedByBackend,
)

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "acme.plugins.karma.Karma:coffee"
OLD, NEW, BOTS = (pickle.dumps(number, protocol=4) for number in (41, 42, 43))


@pytest.fixture(params=["memory", "sqlite", "redis"])
async def store(request, settings, tmp_path):
    """One store called prod, of each kind, in which the bot has stored 41."""
    url = {
        "memory": lambda: "memory://",
        "sqlite": lambda: f"sqlite:///{tmp_path}/bot.db?create=1",
        "redis": lambda: request.getfixturevalue("redis_url"),
    }[request.param]()
    settings.CUBBYHOLE_STORES = {"prod": url, "ro": "memory://?mode=ro", "own": OWN_URL}
    async with reading.run():
        await stores.open_all()
        await stores.get("prod").backend.set(KEY, OLD)
        yield stores.get("prod").browsable
        await stores.close_all()


OWN_URL = f"class:{__name__}.Cupboard"


class Cupboard:
    """A backend by somebody who knows only Slack Machine."""

    def __init__(self, settings):
        self.entries = {KEY: OLD}

    async def init(self): ...
    async def close(self): ...

    async def get(self, key):
        return self.entries.get(key)

    async def set(self, key, value, expires=None):
        self.entries[key] = value

    async def delete(self, key):
        del self.entries[key]

    async def has(self, key):
        return key in self.entries

    async def size(self):
        return 0


async def someone(role: str = "editor") -> operations.Person:
    user = await sync_to_async(people.add_person)(f"a {role}", role)
    return operations.Person(user, await rights_of(user), "192.0.2.7")


async def held(store, key=KEY) -> bytes | None:
    (value,) = await store.fetch([key])
    return value and value.data


async def told() -> list[tuple]:
    return [(row.deed, row.answer) for row in await queries.latest()]


async def test_an_edit_is_saved_and_on_record(store):
    result = await operations.edit(await someone(), "prod", KEY, OLD, NEW, "miscounted")
    assert result.outcome is Outcome.SAVED
    assert await held(store) == NEW
    (row,) = await queries.for_key("prod", KEY)
    assert (row.who, row.reason, row.before, row.after) == ("a editor", "miscounted", OLD, NEW)
    assert row.answer == Answer.SAVED


async def test_an_edit_keeps_the_expiry(store):
    await store.set(KEY, OLD, 100)
    await operations.edit(await someone(), "prod", KEY, OLD, NEW)
    (info,) = await store.describe([KEY])
    assert abs(info.expires_at - time.time() - 100) < 3


async def test_an_edit_of_what_the_bot_has_changed_writes_nothing_and_tells_what_is_there(store):
    await store.set(KEY, BOTS)
    result = await operations.edit(await someone(), "prod", KEY, OLD, NEW)
    assert (result.outcome, result.current.data) == (Outcome.CHANGED, BOTS)
    assert await held(store) == BOTS
    assert await told() == [("edit", Answer.CHANGED)]


async def test_an_edit_of_a_key_that_is_gone_does_not_bring_it_back(store):
    await store.delete(KEY)
    result = await operations.edit(await someone(), "prod", KEY, OLD, NEW)
    assert result.outcome is Outcome.GONE
    assert await held(store) is None


async def test_a_new_key_is_created_with_its_expiry_but_never_over_another(store):
    person = await someone()
    created = await operations.create(person, "prod", "team", NEW, expires=50)
    again = await operations.create(person, "prod", "team", OLD)
    assert (created.outcome, again.outcome) == (Outcome.SAVED, Outcome.CHANGED)
    assert await held(store, "team") == NEW
    (info,) = await store.describe(["team"])
    assert abs(info.expires_at - time.time() - 50) < 3


async def test_a_key_is_deleted_only_as_it_was_seen(store):
    person = await someone()
    assert (await operations.delete(person, "prod", KEY, NEW)).outcome is Outcome.CHANGED
    assert (await operations.delete(person, "prod", KEY, OLD)).outcome is Outcome.SAVED
    assert await held(store) is None


async def test_an_expiry_is_set_and_taken_away_without_touching_the_value(store):
    person = await someone()
    await operations.change_expiry(person, "prod", KEY, OLD, 60)
    (info,) = await store.describe([KEY])
    assert abs(info.expires_at - time.time() - 60) < 3
    await operations.change_expiry(person, "prod", KEY, OLD, None)
    assert (await store.describe([KEY]))[0].expires_at is None
    assert await held(store) == OLD


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
async def test_an_expiry_that_is_not_positive_is_refused(store, seconds):
    with pytest.raises(InvalidExpiry):
        await operations.change_expiry(await someone(), "prod", KEY, OLD, seconds)
    assert await held(store) == OLD
    assert [answer for _, answer in await told()] == [Answer.REFUSED]


async def test_a_reader_changes_nothing_and_the_try_is_on_record(store):
    reader = await someone("reader")
    for change in (
        operations.edit(reader, "prod", KEY, OLD, NEW),
        operations.create(reader, "prod", "new", NEW),
        operations.delete(reader, "prod", KEY, OLD),
        operations.change_expiry(reader, "prod", KEY, OLD, 5),
    ):
        with pytest.raises(PermissionDenied, match="You may not"):
            await change
    assert await held(store) == OLD
    assert {answer for _, answer in await told()} == {Answer.REFUSED}


async def test_a_person_without_rights_learns_nothing(store):
    user = (await someone("reader")).user
    with pytest.raises(Http404):
        await operations.edit(operations.Person(user, NO_RIGHTS), "prod", KEY, OLD, NEW)


async def test_new_bytes_that_would_make_the_bot_call_something_are_refused(store):
    hostile = b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R."
    person = await someone("admin")
    with pytest.raises(RefusedEdit):
        await operations.edit(person, "prod", KEY, OLD, hostile)
    with pytest.raises(RefusedEdit):
        await operations.create(person, "prod", "new", hostile)
    assert await held(store) == OLD
    assert {answer for _, answer in await told()} == {Answer.REFUSED}


async def test_a_read_only_store_is_never_changed(store):
    with pytest.raises(ReadOnlyStore):
        await operations.create(await someone("admin"), "ro", "new", NEW)
    assert await told() == [("create", Answer.REFUSED)]


async def test_a_backend_that_cannot_compare_is_not_written_to(store):
    with pytest.raises(UnsupportedByBackend, match="could overwrite"):
        await operations.edit(await someone("admin"), "own", KEY, OLD, NEW)
    assert await stores.get("own").backend.get(KEY) == OLD


async def test_without_a_journal_nothing_is_changed(store, monkeypatch):
    def full(entry):
        raise DatabaseError("database or disk is full")

    person = await someone()
    monkeypatch.setattr("dashboard.journal.chain.append", full)
    with pytest.raises(DatabaseError):
        await operations.edit(person, "prod", KEY, OLD, NEW)
    assert await held(store) == OLD


async def test_a_change_is_carried_out_to_its_end_when_the_person_hangs_up(store):
    person = await someone()
    task = asyncio.create_task(operations.edit(person, "prod", KEY, OLD, NEW))
    await asyncio.sleep(0)  # lets it begin
    assert commands.UNDER_WAY
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.gather(*commands.UNDER_WAY)
    assert await held(store) == NEW
    assert await told() == [("edit", Answer.SAVED)]


class Flaky(MemoryStorage):
    """A store whose answer to a compare-and-set is lost, after or before it was carried out."""

    writes = True
    answers = True

    async def compare_and_set(self, *args, **kwargs):
        if not self.answers:
            raise StoreUnavailable("The store does not answer.")
        if self.writes:
            await super().compare_and_set(*args, **kwargs)
        return Outcome.UNKNOWN


@pytest.fixture
async def flaky(settings):
    settings.CUBBYHOLE_STORES = {"prod": f"class:{__name__}.Flaky"}
    await stores.open_all()
    backend = stores.get("prod").backend
    await backend.set(KEY, OLD)
    yield backend
    await stores.close_all()


async def test_a_lost_answer_is_settled_by_reading_back(flaky):
    result = await operations.edit(await someone(), "prod", KEY, OLD, NEW)
    assert (result.outcome, "reading back" in result.message) == (Outcome.SAVED, True)


async def test_a_lost_answer_that_reading_back_does_not_settle_is_never_called_a_success(flaky):
    flaky.writes = False
    result = await operations.edit(await someone(), "prod", KEY, OLD, NEW)
    assert (result.outcome, result.current.data) == (Outcome.UNKNOWN, OLD)
    assert "Not confirmed" in result.message
    assert await told() == [("edit", Answer.UNKNOWN)]


async def test_a_store_that_certainly_did_not_write_is_on_record_as_that(flaky):
    flaky.answers = False
    with pytest.raises(StoreUnavailable):
        await operations.edit(await someone(), "prod", KEY, OLD, NEW)
    assert await told() == [("edit", Answer.FAILED)]


@pytest.fixture
def left_open(monkeypatch):
    """Intents older than this count as abandoned at once."""
    monkeypatch.setattr(settlement, "ABANDONED_AFTER", timedelta(0))


@pytest.mark.parametrize(
    ("found", "answer"), [(NEW, Answer.SAVED), (OLD, Answer.FAILED), (BOTS, Answer.UNKNOWN)]
)
async def test_an_entry_left_open_by_a_crash_is_settled_by_what_the_store_holds(
    flaky, left_open, monkeypatch, found, answer
):
    async def crash(*_, **__):
        raise SystemError("killed between intent and outcome")

    monkeypatch.setattr(flaky, "compare_and_set", crash)
    with pytest.raises(SystemError):
        await operations.edit(await someone(), "prod", KEY, OLD, NEW)
    assert await told() == [("edit", None)]
    await flaky.set(KEY, found)
    assert await operations.reconcile() == 1
    assert await told() == [("edit", answer)]
    assert await operations.reconcile() == 0


@pytest.mark.parametrize(
    ("found", "answer"), [(NEW, Answer.SAVED), (OLD, Answer.FAILED), (BOTS, Answer.UNKNOWN)]
)
async def test_what_stayed_unknown_is_settled_once_when_the_store_can_be_asked(
    flaky, found, answer
):
    flaky.writes = False
    await operations.edit(await someone(), "prod", KEY, OLD, NEW)
    assert await told() == [("edit", Answer.UNKNOWN)]
    await flaky.set(KEY, found)
    assert await operations.reconcile() == 1
    assert await told() == [("edit", answer)]
    assert await operations.reconcile() == 0


async def test_what_two_processes_find_out_at_once_is_said_by_one(flaky):
    flaky.writes = False
    await operations.edit(await someone(), "prod", KEY, OLD, NEW)
    both = await asyncio.gather(operations.reconcile(), operations.reconcile())
    assert sorted(both) == [0, 1]


async def test_a_change_that_arrives_while_it_is_looked_for_is_not_called_a_failure(
    flaky, monkeypatch
):
    """A server that was paused carries out what was sent to it when it goes on."""
    flaky.writes = False
    await operations.edit(await someone(), "prod", KEY, OLD, NEW)
    looking = asyncio.create_task(operations.reconcile())
    await asyncio.sleep(settlement.LOOK_AGAIN_AFTER / 2)
    await flaky.set(KEY, NEW)
    await looking
    assert await told() == [("edit", Answer.SAVED)]


async def test_a_change_that_waited_long_for_the_journal_is_not_begun(flaky, monkeypatch):
    """By then another process may have said of it that it was not made."""
    monkeypatch.setattr(execution, "TOO_LATE_AFTER", -1)
    with pytest.raises(StoreUnavailable, match="was not begun"):
        await operations.edit(await someone(), "prod", KEY, OLD, NEW)
    assert (await held(flaky), await told()) == (OLD, [("edit", Answer.FAILED)])


async def test_what_is_from_before_a_moment_is_settled_at_once_by_whoever_knows_that_it_is_nobodys(
    flaky, monkeypatch
):
    async def crash(*_, **__):
        raise SystemError("killed between intent and outcome")

    monkeypatch.setattr(flaky, "compare_and_set", crash)
    with pytest.raises(SystemError):
        await operations.edit(await someone(), "prod", KEY, OLD, NEW)
    assert await operations.reconcile() == 0
    assert await operations.reconcile(timezone.now()) == 1


async def test_an_operation_that_is_still_under_way_is_not_settled_by_another_process(flaky):
    person = await someone()
    await operations.edit(person, "prod", KEY, OLD, NEW)
    assert await operations.reconcile() == 0
    assert await Entry.objects.filter(at__gt=timezone.now()).acount() == 0
