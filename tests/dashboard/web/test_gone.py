"""The page of a key that is gone, of which something is known."""

import pickle
import re
from html import unescape

import pytest
from django.contrib.auth.models import User

from dashboard import catalog, operations
from dashboard.access import Rights, rights_of
from dashboard.web import links
from tests.dashboard.web.conftest import DAILY, VALUES, signed_in
from tests.dashboard.web.keeping import kept_versions
from tests.dashboard.web.test_key_edit import fields_of
from tests.waiting import until

OLD = pickle.dumps(VALUES[DAILY], 4)
LATER = OLD.replace(b"platfrom", b"platform")
PAGE = links.key_url("prod", DAILY)


async def page_of(browser) -> str:
    answer = await browser.get(PAGE)
    assert answer.status_code == 404
    return answer.content.decode()


async def bot_deletes(prod) -> None:
    await prod.backend.delete(DAILY)
    await until(lambda: catalog.of("prod").row(DAILY) is None)


def way_back_in(page: str) -> str:
    return unescape(re.search(r'<a class="button main" href="([^"]*/restore/[^"]*)"', page)[1])


async def test_it_shows_what_became_of_the_key_and_its_versions(prod, editor):
    await kept_versions(DAILY, OLD, LATER, None)
    await bot_deletes(prod)
    page = await page_of(editor)
    assert "This key is gone." in page
    assert "The bot removed it" in page
    assert links.key_url("prod", DAILY, "key-version", number=2).replace("&", "&amp;") in page


async def test_what_it_last_held_is_put_back_from_its_page(prod, editor):
    await kept_versions(DAILY, OLD, LATER, None)
    await bot_deletes(prod)
    address = way_back_in(await page_of(editor))
    asked = (await editor.get(address)).content.decode()
    answer = await editor.post(address, fields_of(asked))
    assert answer.headers["Location"] == PAGE
    assert await prod.backend.get(DAILY) == LATER


async def test_what_a_person_deleted_is_put_back_without_a_history(prod, editor):
    user = await User.objects.aget(username="admin")
    person = operations.Person(user, await rights_of(user))
    await operations.delete(person, "prod", DAILY, OLD)
    page = await page_of(editor)
    assert "admin deleted it" in page
    asked = (await editor.get(way_back_in(page))).content.decode()
    await editor.post(way_back_in(page), fields_of(asked))
    assert await prod.backend.get(DAILY) == OLD


async def test_whoever_may_not_create_is_told_why_it_cannot_be_put_back(prod, reader):
    await kept_versions(DAILY, OLD, None)
    await bot_deletes(prod)
    page = await page_of(reader)
    assert "You may not create keys here." in page
    assert 'class="button main" href="/prod' not in page


@pytest.mark.parametrize("role", [None, "reader"])
async def test_of_a_key_that_nobody_knows_there_is_no_page(prod, role):
    browser = await signed_in("mina", role)
    answer = await browser.get(links.key_url("prod", f"{DAILY}-never"))
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


async def test_whoever_may_not_know_of_the_place_sees_nothing_of_the_key(prod):
    await kept_versions(DAILY, OLD, None)
    await bot_deletes(prod)
    nobody = await signed_in("mina", None)
    assert Rights() == await rights_of(await User.objects.aget(username="mina"))
    assert "gone" not in (await nobody.get(PAGE)).content.decode()
