"""Deleting a key."""

from dashboard.web import links
from tests.dashboard.web.conftest import DAILY, STANDUP, VALUES
from tests.dashboard.web.test_key_edit import opened

ADDRESS = links.key_url("prod", DAILY, "key-delete")


async def test_a_key_is_deleted_after_a_look_at_it(prod, editor):
    answer = await editor.post(ADDRESS, await opened(editor, ADDRESS))
    assert answer["Location"] == links.namespace_url("prod", STANDUP)
    assert await prod.backend.get(DAILY) is None


async def test_looking_deletes_nothing(prod, editor):
    page = (await editor.get(ADDRESS)).content.decode()
    assert "Delete this key?" in page
    assert await prod.backend.get(DAILY) is not None


async def test_a_value_that_changed_meanwhile_is_shown_again_and_not_deleted(write, prod, editor):
    fields = await opened(editor, ADDRESS)
    await write(DAILY, VALUES[DAILY] | {"team": "new"})
    answer = await editor.post(ADDRESS, fields)
    assert answer.status_code == 409
    assert "new" in answer.content.decode()
    assert await prod.backend.get(DAILY) is not None


async def test_the_newest_value_goes_when_it_was_shown(write, prod, editor):
    await write(DAILY, VALUES[DAILY] | {"team": "new"})
    await editor.post(ADDRESS, await opened(editor, ADDRESS))
    assert await prod.backend.get(DAILY) is None
