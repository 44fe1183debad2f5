"""Versions of a key: in its timeline, compared, restored, masked."""

import pickle
import re
import time

import pytest
from django.contrib.auth.models import User

from dashboard import operations
from dashboard.access import rights_of
from dashboard.history.models import Version
from dashboard.history.writing import digest_of
from dashboard.journal.models import Deed, Entry
from dashboard.journal.queries import for_key
from dashboard.web import links
from storage_core.values.masking import MASK
from tests.dashboard.web.conftest import DAILY, VALUES, signed_in
from tests.dashboard.web.keeping import kept_version, kept_versions
from tests.dashboard.web.test_key_edit import fields_of
from tests.dashboard.web.test_timeline import lines

NOW = pickle.dumps(VALUES[DAILY], 4)
THEN = NOW.replace(b"platfrom", b"backends")
OLDEST = NOW.replace(b"platfrom", b"frontend")
SECRET = pickle.dumps({"name": "deploy", "api_key": "zyxwv-12345"}, 4)


def address(number: int, name: str = "key-version", key: str = DAILY) -> str:
    return links.key_url("prod", key, name, number=number)


async def page_of(browser, where: str) -> str:
    return (await browser.get(where)).content.decode()


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


async def test_the_bots_versions_and_peoples_changes_are_one_list_by_time(prod, cast, editor):
    user = await User.objects.aget(username="editor")
    person = operations.Person(user, await rights_of(user))
    await kept_versions(DAILY, OLDEST, NOW, ago=30)
    await operations.edit(person, "prod", DAILY, NOW, THEN, "as agreed")
    await kept_versions(DAILY, THEN, None, ago=-1, count=4)
    found = [plain(line).strip() for line in await lines(editor)]
    assert re.match(r"The bot removed it", found[0])
    assert re.match(r"editor edited it: as agreed\s*done\s*\d+ B\s*Look at version 3", found[1])
    assert "The bot wrote it" in found[2]
    assert "3 changes before it were not kept" in found[0]


async def test_who_does_not_see_the_journal_is_not_told_who_it_was(prod, cast, reader):
    user = await User.objects.aget(username="editor")
    person = operations.Person(user, await rights_of(user))
    await kept_versions(DAILY, NOW, ago=30)
    await operations.edit(person, "prod", DAILY, NOW, THEN)
    await kept_versions(DAILY, THEN, ago=-1)
    page = plain(await page_of(reader, address(2)))
    assert "editor edited it" in page


async def test_a_version_shows_what_changed_with_it_and_since(prod, editor):
    await kept_versions(DAILY, OLDEST, THEN)
    page = await page_of(editor, address(2))
    with_it, since = page.split("What changed since")
    assert "<del>&#x27;frontend&#x27;</del><ins>&#x27;backends&#x27;</ins>" in with_it
    assert "<del>&#x27;backends&#x27;</del><ins>&#x27;platfrom&#x27;</ins>" in since
    assert address(1).replace("&", "&amp;") in page


async def test_a_version_is_restored_byte_for_byte_with_the_time_that_was_left(prod, editor):
    await kept_versions(DAILY, OLDEST, THEN, expires_at=time.time() + 500)
    where = address(1, "version-restore")
    fields = fields_of(await page_of(editor, where))
    answer = await editor.post(where, fields | {"ending": "remaining", "reason": "x"}, follow=True)
    assert "is as it was." in answer.content.decode()
    (stored,) = await prod.browsable.fetch([DAILY])
    assert stored.data == OLDEST
    version = await Version.objects.aget(number=1)
    left = version.expires_at - version.seen_at.timestamp()
    assert stored.expires_at - time.time() == pytest.approx(left, abs=1.5)
    line = (await for_key("prod", DAILY))[0]
    assert (line.deed, line.before, line.after) == (Deed.RESTORE, NOW, OLDEST)
    assert line.note.startswith("Version 1 of the kept history")


async def test_what_the_bot_wrote_after_the_look_is_not_overwritten(prod, editor):
    await kept_version(DAILY, OLDEST)
    where = address(1, "version-restore")
    fields = fields_of(await page_of(editor, where))
    await prod.backend.set(DAILY, THEN)
    answer = await editor.post(where, fields)
    assert answer.status_code == 409
    assert await prod.backend.get(DAILY) == THEN


async def test_a_deleted_key_comes_back_from_its_history(prod, editor):
    await kept_versions(DAILY, NOW, None)
    await prod.backend.delete(DAILY)
    where = address(1, "version-restore")
    await editor.post(where, fields_of(await page_of(editor, where)), follow=True)
    assert await prod.backend.get(DAILY) == NOW


async def test_classes_that_the_value_does_not_bring_in_now_need_a_right_of_their_own(prod, editor):
    ticket = b"\x80\x04\x8c\x0bacme.models\x8c\x06Ticket\x93)\x81}\x8c\x06number\x4b\x07sb."
    await kept_version(DAILY, ticket)
    where = address(1, "version-restore")
    page = await page_of(editor, where)
    assert "<code>acme.models.Ticket</code>" in page
    assert (await editor.post(where, fields_of(page))).status_code == 422
    assert await prod.backend.get(DAILY) == NOW


async def test_who_may_not_change_may_look_and_not_restore(prod, reader):
    await kept_version(DAILY, THEN)
    assert (await reader.get(address(1))).status_code == 200
    assert (await reader.get(address(1, "version-restore"))).status_code == 403
    assert (await reader.post(address(1, "version-restore"), {})).status_code == 403


async def test_a_secret_is_masked_in_each_version_as_it_is_in_the_value(prod, editor, write):
    key = "vault:deploy"
    await write(key, SECRET)
    await kept_versions(key, SECRET, SECRET.replace(b"zyxwv", b"vwxyz"))
    for number in (1, 2):
        page = await page_of(editor, address(number, key=key))
        assert MASK in page
        assert "12345" not in page
    assert "12345" not in await page_of(editor, address(1, "version-restore", key))
    assert "12345" not in await page_of(editor, links.key_url("prod", key, "key-timeline"))
    answer = await editor.post(address(1, "version-download", key))
    assert answer.status_code == 403


async def test_revealing_from_a_version_leads_back_to_it_and_is_on_record(prod, write):
    key = "vault:deploy"
    await write(key, SECRET)
    await kept_version(key, SECRET)
    maintainer = await signed_in("mary", "maintainer")
    answer = await maintainer.post(links.key_url("prod", key, "key-reveal"), {"version": "1"})
    assert answer.headers["Location"] == address(1, key=key)
    assert "zyxwv-12345" in await page_of(maintainer, address(1, key=key))
    assert (await maintainer.post(address(1, "version-download", key))).content == SECRET
    assert await Entry.objects.filter(deed=Deed.REVEAL).acount() == 1


@pytest.mark.parametrize("number", ["2", "", "x", "9" * 30])
async def test_a_version_that_is_not_kept_is_not_there(prod, editor, number):
    await kept_version(DAILY, THEN)
    for name in ("key-version", "version-restore", "version-download"):
        where = links.key_url("prod", DAILY, name, number=number)
        send = editor.post if name == "version-download" else editor.get
        assert (await send(where)).status_code == 404


async def test_every_version_can_be_taken_along_as_it_was(prod, editor):
    await kept_version(DAILY, THEN)
    answer = await editor.post(address(1, "version-download"))
    row = (await for_key("prod", DAILY))[0]
    assert (row.deed, row.note) == (Deed.EXPORT, "The bytes of version 1, as a file.")
    assert digest_of(answer.content) == digest_of(THEN)
    assert "no-store" in answer.headers["Cache-Control"]
