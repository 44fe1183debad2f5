"""What was done is said once, on the page that follows."""

from dashboard.web import links
from tests.dashboard.web.conftest import DAILY, STANDUP
from tests.dashboard.web.test_key_edit import opened


async def test_a_part_that_is_got_again_meanwhile_does_not_take_the_words_away(prod, editor):
    address = links.key_url("prod", DAILY, "key-delete")
    await editor.post(address, await opened(editor, address))
    keys = links.namespace_url("prod", STANDUP)
    part = await editor.get(keys, headers={"HX-Request": "true", "HX-Target": "rows"})
    assert "is deleted" not in part.content.decode()
    assert "standup:2026-11-24 is deleted." in (await editor.get("/prod/")).content.decode()
    assert "is deleted" not in (await editor.get("/prod/")).content.decode()
