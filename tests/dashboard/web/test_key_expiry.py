"""Changing when a key expires."""

import re
import time

import pytest

from dashboard.journal import queries
from dashboard.web import links
from tests.dashboard.web.conftest import DAILY, VALUES
from tests.dashboard.web.test_key_edit import opened

ADDRESS = links.key_url("prod", DAILY, "key-expiry")


async def expiry_of(prod) -> float | None:
    (stored,) = await prod.backend.fetch([DAILY])
    return stored.expires_at


async def test_a_key_expires_when_it_was_told_to(prod, editor):
    fields = await opened(editor, ADDRESS) | {"when": "in", "amount": "2", "unit": "h"}
    answer = await editor.post(ADDRESS, fields, follow=True)
    assert "Saved: it expires in 2 h 00 min." in answer.content.decode()
    assert await expiry_of(prod) == pytest.approx(time.time() + 7200, abs=5)


async def test_an_expiry_can_be_removed(write, prod, editor):
    await write(DAILY, VALUES[DAILY], expires=500)
    fields = await opened(editor, ADDRESS) | {"when": "never", "unit": "h"}
    await editor.post(ADDRESS, fields)
    assert await expiry_of(prod) is None


async def test_the_form_starts_with_the_time_that_is_left_as_people_say_it(write, editor):
    await write(DAILY, VALUES[DAILY], expires=86400 - 16 * 60 + 20)
    page = (await editor.get(ADDRESS)).content.decode()
    assert re.search(r'value="keep" checked> As it is, in <time [^>]*>23 h 44 min</time>', page)
    assert '<option value="h" selected>' in page


async def test_a_form_that_is_saved_untouched_changes_nothing(write, prod, editor):
    await write(DAILY, VALUES[DAILY], expires=5000)
    before = await expiry_of(prod)
    fields = await opened(editor, ADDRESS) | {"when": "keep", "amount": "", "unit": "h"}
    answer = await editor.post(ADDRESS, fields, follow=True)
    assert "Nothing was changed: it still expires in 1 h 23 min." in answer.content.decode()
    assert await expiry_of(prod) == before
    assert not await queries.latest()


async def test_a_time_beside_an_expiry_that_is_to_stay_is_asked_about(write, prod, editor):
    await write(DAILY, VALUES[DAILY], expires=5000)
    before = await expiry_of(prod)
    fields = await opened(editor, ADDRESS) | {"when": "keep", "amount": "2", "unit": "h"}
    answer = await editor.post(ADDRESS, fields)
    assert answer.status_code == 422
    assert "Choose “In” for this time" in answer.content.decode()
    assert await expiry_of(prod) == before


async def test_an_impossible_time_is_refused_beside_the_field(prod, editor):
    fields = await opened(editor, ADDRESS) | {"when": "in", "amount": "0", "unit": "h"}
    answer = await editor.post(ADDRESS, fields)
    assert answer.status_code == 422
    assert "Give a number above 0" in answer.content.decode()


async def test_the_expiry_of_a_value_that_changed_meanwhile_is_asked_again(write, prod, editor):
    fields = await opened(editor, ADDRESS) | {"when": "in", "amount": "2", "unit": "h"}
    await write(DAILY, VALUES[DAILY] | {"team": "new"})
    answer = await editor.post(ADDRESS, fields)
    assert answer.status_code == 409
    assert await expiry_of(prod) is None
