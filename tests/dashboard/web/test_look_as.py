"""Looking at the dashboard as another role would: fewer rights, never more, and always visible."""

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.test import AsyncClient

from dashboard.access import people
from dashboard.access.models import Grant
from dashboard.journal.models import Deed, Entry
from dashboard.web import links
from tests.dashboard.web.conftest import DAILY, KARMA, signed_in

DELETE = links.key_url("prod", DAILY, "key-delete")


@pytest.fixture
def admin(cast) -> AsyncClient:
    return cast["admin"]


async def look(browser, role="reader", store="prod", where=""):
    return await browser.post("/people/look-as/", {"role": role, "store": store, "where": where})


async def test_an_admin_sees_what_the_role_sees_and_the_bar_says_so(prod, admin):
    assert (await look(admin, where=KARMA)).status_code == 303
    page = (await admin.get("/prod/")).content.decode()
    assert f"<b>Reader in prod, {KARMA}</b>" in page
    assert "Standup" not in page
    assert (await admin.get(links.key_url("prod", DAILY))).status_code == 404


async def test_what_the_role_may_not_do_the_admin_does_not_do_while_looking(prod, admin):
    await look(admin)
    assert (await admin.post(DELETE, {})).status_code == 403
    assert (await admin.get("/people/")).status_code == 403
    assert await prod.backend.has(DAILY)


async def test_stopping_gives_the_rights_back(prod, admin):
    await look(admin)
    await admin.post("/people/look-as/", {"do": "stop"})
    assert (await admin.get("/people/")).status_code == 200
    assert "Looking as" not in (await admin.get("/")).content.decode()


async def test_that_somebody_looked_is_on_record(prod, admin):
    await look(admin, where="shared")
    entry = await Entry.objects.alatest("index")
    assert (entry.deed, entry.person_name) == (Deed.LOOK_AS, "admin")
    assert entry.note == "As reader on prod, shared."


@pytest.mark.parametrize("kind", ["reader", "editor", "nobody"])
async def test_nobody_else_can_look_as_an_admin(prod, cast, kind):
    assert (await look(cast[kind], "admin", "*")).status_code == 403
    assert (await cast[kind].get("/people/")).status_code == 403


async def test_an_admin_of_one_store_cannot_look_as_one_of_all(prod):
    browser = await signed_in("boss", None)
    boss = await User.objects.aget(username="boss")
    await Grant.objects.acreate(person=boss, role="admin", store="prod", where="*")
    assert (await look(browser, "admin", "*")).status_code == 403


async def test_looking_ends_with_the_right_to_administer(prod, admin):
    """Nobody keeps more by looking than their own rights, whatever the session says."""
    await look(admin, "maintainer", "*")
    await sync_to_async(people.add_person)("admin", "reader")
    assert (await admin.get(DELETE)).status_code == 403


@pytest.mark.parametrize("given", [{"role": "emperor"}, {"store": "nowhere"}, {"where": "x"}])
async def test_what_cannot_be_looked_as_changes_nothing(prod, admin, given):
    await look(admin, **given)
    assert (await admin.get("/people/")).status_code == 200


async def test_what_somebody_else_is_refused_is_told_as_theirs_with_a_way_back(prod, admin):
    await look(admin)
    page = (await admin.get(DELETE)).content.decode()
    assert "You look at the dashboard as Reader" in page
    assert "this is what such a person is told" in page
    assert "Stop looking" in page
