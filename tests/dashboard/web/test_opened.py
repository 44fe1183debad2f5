"""Opening one key: any name, and a store that leaves a person waiting."""

import asyncio

from django.urls import reverse

from dashboard.web import links, opened
from tests.dashboard.web.conftest import DAILY


async def test_a_shared_key_with_an_empty_name_opens_by_its_link(prod, reader, write):
    await write("", ["nameless"])
    page = await reader.get(links.key_url("prod", ""))
    assert page.status_code == 200
    assert "nameless" in page.content.decode()


async def test_an_address_without_a_key_says_so(prod, reader):
    page = await reader.get(reverse("key", args=["prod"]))
    assert page.status_code == 404
    assert "the address names none" in page.content.decode()


async def test_a_store_that_holds_a_page_up_is_said_to_not_answer(prod, reader, monkeypatch):
    async def never(keys):
        await asyncio.Event().wait()

    monkeypatch.setattr(opened, "PATIENCE", 0.05)
    monkeypatch.setattr(prod.backend, "fetch", never)
    page = await reader.get(links.key_url("prod", DAILY))
    assert "does not answer" in page.content.decode()
