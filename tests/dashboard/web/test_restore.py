"""Putting a key back to an earlier state."""

import pickle
import time

import pytest
from django.contrib.auth.models import User

from dashboard import operations
from dashboard.access import rights_of
from dashboard.journal.models import Answer, Deed
from dashboard.journal.queries import for_key
from tests.dashboard.web.conftest import DAILY, KARMA, VALUES, signed_in
from tests.dashboard.web.test_key_edit import fields_of
from tests.waiting import until

OLD = pickle.dumps(VALUES[DAILY], 4)
NEW = OLD.replace(b"platfrom", b"platform")
TICKET = b"\x80\x04\x8c\x0bacme.models\x8c\x06Ticket\x93)\x81}\x8c\x06number\x4b\x07sb."


@pytest.fixture
async def acting(prod, cast) -> operations.Person:
    user = await User.objects.aget(username="admin")
    return operations.Person(user, await rights_of(user))


@pytest.fixture
async def maintainer(prod):
    return await signed_in("mary", "maintainer")


async def edited(acting) -> str:
    """The address that undoes an edit."""
    result = await operations.edit(acting, "prod", DAILY, OLD, NEW)
    return f"/journal/{result.entry.pk}/restore/"


async def deleted(acting, key=DAILY, data=OLD) -> str:
    result = await operations.delete(acting, "prod", key, data)
    return f"/journal/{result.entry.pk}/restore/"


async def restored(browser, address, **typed):
    """Look, and restore what was shown."""
    page = (await browser.get(address)).content.decode()
    return await browser.post(address, fields_of(page) | typed, follow=True)


async def test_what_would_change_is_shown_first_and_nothing_is_done(prod, editor, acting):
    page = (await editor.get(await edited(acting))).content.decode()
    assert "<del>&#x27;platform&#x27;</del><ins>&#x27;platfrom&#x27;</ins>" in page
    assert await prod.backend.get(DAILY) == NEW


async def test_an_edit_is_undone_byte_for_byte_and_on_record(prod, editor, acting):
    answer = await restored(editor, await edited(acting), reason="it was right")
    assert "is as it was." in answer.content.decode()
    assert await prod.backend.get(DAILY) == OLD
    line = (await for_key("prod", DAILY))[0]
    assert (line.who, line.deed, line.answer) == ("editor", Deed.RESTORE, Answer.SAVED)
    assert (line.before, line.after, line.reason) == (NEW, OLD, "it was right")


async def test_an_undo_can_be_undone(prod, editor, acting):
    await restored(editor, await edited(acting))
    line = (await for_key("prod", DAILY))[0]
    await restored(editor, f"/journal/{line.id}/restore/")
    assert await prod.backend.get(DAILY) == NEW


async def test_what_a_change_left_can_be_restored_too(prod, editor, acting):
    address = await edited(acting)
    await prod.backend.set(DAILY, b"\x80\x04K\x01.")
    await restored(editor, f"{address}?state=after")
    assert await prod.backend.get(DAILY) == NEW


async def test_a_deleted_key_comes_back_with_the_time_that_was_left(prod, editor, acting):
    await prod.backend.set(DAILY, OLD, 1000)
    await restored(editor, await deleted(acting), ending="remaining")
    (value,) = await prod.browsable.fetch([DAILY])
    assert value.data == OLD
    assert abs(value.expires_at - time.time() - 1000) < 3


async def test_a_deleted_key_comes_back_until_the_moment_that_was_set(prod, editor, acting):
    await prod.backend.set(DAILY, OLD, 1000)
    (before,) = await prod.browsable.fetch([DAILY])
    await restored(editor, await deleted(acting), ending="moment")
    (value,) = await prod.browsable.fetch([DAILY])
    assert abs(value.expires_at - before.expires_at) < 1


async def test_a_moment_that_has_passed_cannot_be_chosen(prod, editor, acting):
    await prod.backend.set(DAILY, OLD, 1)
    address = await deleted(acting)

    async def shown() -> str:
        return (await editor.get(address)).content.decode()

    async def has_passed() -> bool:
        return "It has passed." in await shown()

    await until(has_passed)
    page = await shown()
    answer = await editor.post(address, fields_of(page) | {"ending": "moment"})
    assert answer.status_code == 422
    assert await prod.backend.get(DAILY) is None


async def test_a_changed_expiry_is_undone_without_touching_the_value(prod, editor, acting):
    result = await operations.change_expiry(acting, "prod", DAILY, OLD, 60)
    await restored(editor, f"/journal/{result.entry.pk}/restore/")
    (value,) = await prod.browsable.fetch([DAILY])
    assert (value.data, value.expires_at) == (OLD, None)


@pytest.mark.parametrize(("ending", "left"), [("keep", 600), ("never", None)])
async def test_a_value_without_expiry_can_come_back_into_one_that_has_one(
    prod, editor, acting, ending, left
):
    address = await edited(acting)
    await prod.backend.set(DAILY, NEW, 600)
    await restored(editor, address, ending=ending)
    (value,) = await prod.browsable.fetch([DAILY])
    assert value.data == OLD
    found = value.expires_at and round((value.expires_at - time.time()) / 10) * 10
    assert found == left


async def test_a_created_key_is_removed_again(prod, editor, acting):
    result = await operations.create(acting, "prod", "fresh", b"\x80\x04K\x01.")
    answer = await restored(editor, f"/journal/{result.entry.pk}/restore/")
    assert "is removed again." in answer.content.decode()
    assert not await prod.backend.has("fresh")


async def test_what_the_bot_wrote_after_the_look_is_not_overwritten(prod, editor, acting):
    address = await edited(acting)
    fields = fields_of((await editor.get(address)).content.decode())
    bots = OLD.replace(b"platfrom", b"backends")
    await prod.backend.set(DAILY, bots)
    answer = await editor.post(address, fields)
    assert answer.status_code == 409
    assert "The value changed meanwhile." in answer.content.decode()
    assert await prod.backend.get(DAILY) == bots


async def test_a_key_that_came_back_by_itself_is_not_overwritten(prod, editor, acting):
    address = await deleted(acting)
    fields = fields_of((await editor.get(address)).content.decode())
    await prod.backend.set(DAILY, NEW)
    assert (await editor.post(address, fields)).status_code == 409
    assert await prod.backend.get(DAILY) == NEW


@pytest.mark.parametrize(("kind", "status"), [("reader", 403), ("nobody", 404)])
async def test_who_may_not_change_may_not_restore(prod, cast, acting, kind, status):
    address = await edited(acting)
    assert (await cast[kind].get(address)).status_code == status
    assert (await cast[kind].post(address, {})).status_code == status
    assert await prod.backend.get(DAILY) == NEW


async def test_support_may_undo_an_edit_but_not_bring_a_key_back(prod, acting):
    support = await signed_in("sue", "support")
    await restored(support, await edited(acting))
    assert await prod.backend.get(DAILY) == OLD
    assert (await support.get(await deleted(acting))).status_code == 403


async def test_what_the_bot_would_import_anew_needs_a_right_of_its_own(prod, editor, acting):
    key = f"{KARMA}:ticket"
    await prod.backend.set(key, TICKET)
    address = await deleted(acting, key, TICKET)
    page = (await editor.get(address)).content.decode()
    assert "<code>acme.models.Ticket</code>" in page
    assert "role maintainer" in page
    assert (await editor.post(address, fields_of(page))).status_code == 422
    assert not await prod.backend.has(key)


async def test_a_maintainer_brings_it_back_byte_for_byte(prod, maintainer, acting):
    key = f"{KARMA}:ticket"
    await prod.backend.set(key, TICKET)
    address = await deleted(acting, key, TICKET)
    assert "acme.models.Ticket" in (await maintainer.get(address)).content.decode()
    await restored(maintainer, address)
    assert await prod.backend.get(key) == TICKET


async def test_a_state_that_the_entry_does_not_tell_of_is_not_there(prod, editor, acting):
    assert (await editor.get(f"{await edited(acting)}?state=never")).status_code == 404
    assert (await editor.get(f"{await deleted(acting, data=NEW)}?state=after")).status_code == 404
