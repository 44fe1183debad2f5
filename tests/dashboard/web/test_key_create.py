"""Creating a key."""

import pickle

import pytest

from dashboard.web import links
from tests.dashboard.web.conftest import KARMA

ADDRESS = links.url("key-create", "prod", ns=KARMA)
NEW = {"name": "U99", "text": "{'a': 1}", "when": "never", "unit": "h"}


async def test_a_new_key_holds_what_was_typed(prod, editor):
    answer = await editor.post(ADDRESS, NEW, follow=True)
    assert "U99 is created." in answer.content.decode()
    assert pickle.loads(await prod.backend.get(f"{KARMA}:U99")) == {"a": 1}


async def test_a_new_key_can_expire(prod, editor):
    await editor.post(ADDRESS, NEW | {"when": "in", "amount": "2"})
    (stored,) = await prod.backend.fetch([f"{KARMA}:U99"])
    assert stored.expires_at is not None


async def test_a_key_that_is_there_already_is_not_overwritten(prod, editor):
    answer = await editor.post(ADDRESS, NEW | {"name": "U03JON"})
    assert answer.status_code == 409
    assert "There is a key of this name already." in answer.content.decode()
    assert pickle.loads(await prod.backend.get(f"{KARMA}:U03JON")) == 4


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "Give the key a name."),
        ({"text": "{'a': "}, "Line 1, column"),
        ({"text": "__import__('os')"}, "Line 1"),
        ({"when": "in", "amount": "soon"}, "Enter a number."),
        ({"when": "in", "amount": "-1"}, "Give a number above 0"),
        ({"when": "in", "amount": "nan"}, "Enter a number."),
        ({"when": "in", "amount": "999999", "unit": "d"}, "longer than a hundred years"),
    ],
)
async def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(
    prod, editor, changed, said
):
    answer = await editor.post(ADDRESS, NEW | changed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "{&#x27;a&#x27;: " in page or changed["text"].startswith("_")
    assert await prod.backend.get(f"{KARMA}:U99") is None


async def test_a_shared_key_cannot_be_spelled_like_a_private_one(prod, editor):
    shared = links.url("key-create", "prod")
    answer = await editor.post(shared, NEW | {"name": f"{KARMA}:U99"})
    assert "would be a private key of the plugin" in answer.content.decode()
    assert await prod.backend.get(f"{KARMA}:U99") is None
