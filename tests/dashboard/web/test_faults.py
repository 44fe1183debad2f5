"""Stores that do not answer, answer in doubt, or cannot do much."""

import pickle

import pytest

from dashboard import reading, stores, watching
from dashboard.web import links
from tests.dashboard.web.conftest import known
from tests.dashboard.web.test_key_edit import fields_of, opened, step
from tests.waiting import until

FAULTY = "class:tests.dashboard.web.stores."


@pytest.fixture
async def faulty(settings, transactional_db, request):
    """The store `prod` with the fault that the test names."""
    settings.CUBBYHOLE_STORES = {"prod": FAULTY + request.param}
    async with reading.run(), watching.run():
        store = stores.get("prod")
        await until(lambda: store.status.state == "up")
        await store.backend.set("word", pickle.dumps("old", 4))
        if store.browsable:
            await known("word")
        yield store


@pytest.mark.parametrize("faulty", ["Doubtful"], indirect=True)
async def test_a_save_without_an_answer_never_claims_success(faulty, editor):
    address = links.key_url("prod", "word", "key-edit", path="")
    fields = await opened(editor, address) | {"text": "new"}
    _, page = await step(editor, address, fields, step="review")
    _, page = await step(editor, address, fields_of(page) | {"text": "new"}, step="save")
    assert "This could not be confirmed." in page
    assert "Saved" not in page
    assert 'value="new"' in page
    assert 'value="save"' not in page


@pytest.mark.parametrize("faulty", ["Doubtful"], indirect=True)
@pytest.mark.parametrize("name", ["key-delete", "key-expiry"])
async def test_no_other_change_claims_success_either(faulty, editor, name):
    address = links.key_url("prod", "word", name)
    fields = await opened(editor, address) | {"when": "in", "amount": "5", "unit": "h"}
    answer = await editor.post(address, fields)
    assert "This could not be confirmed." in answer.content.decode()


@pytest.mark.parametrize("faulty", ["Down"], indirect=True)
async def test_a_value_of_a_store_that_does_not_answer_says_so_in_its_place(faulty, editor):
    answer = await editor.get(links.key_url("prod", "word"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "The store does not answer." in page
    assert "The connection was refused." in page


@pytest.mark.parametrize("faulty", ["Down"], indirect=True)
async def test_a_list_of_a_store_that_does_not_answer_stays_without_previews(faulty, editor):
    page = (await editor.get("/prod/shared/")).content.decode()
    assert ">word</a>" in page
    assert "&#x27;old&#x27;" not in page


@pytest.mark.parametrize("faulty", ["Plain"], indirect=True)
async def test_where_keys_cannot_be_listed_they_open_by_name(faulty, editor):
    page = (await editor.get("/prod/")).content.decode()
    assert "Open a key by its name" in page
    page = (await editor.get(links.key_url("prod", "a.b.C:x"))).content.decode()
    assert ">1</span>" in page
    assert "cannot compare before it writes" in page


@pytest.mark.parametrize("faulty", ["Down"], indirect=True)
async def test_a_save_of_what_did_not_travel_never_says_that_the_key_is_gone(faulty, editor):
    """Of a large or a masked value the form has the digest only, and the store cannot be asked."""
    address = links.key_url("prod", "word", "key-edit", path="")
    answer, page = await step(editor, address, {"digest": "d" * 64}, text="typed", step="save")
    assert answer.status_code == 422
    assert "Nothing was changed." in page
    assert "The key is gone." not in page
    assert ">typed<" in page.replace("\n", "")
    assert fields_of(page)["digest"] == "d" * 64
