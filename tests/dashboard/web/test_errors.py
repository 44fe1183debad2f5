"""Pages that say why there is nothing keep the way on: the bar, for whoever is signed in."""

import pytest

MENU = "Sign out"


@pytest.mark.parametrize("address", ["/nowhere/", "/prod/ns/?ns=no.such.Plugin", "/a/b/c/d/"])
async def test_a_page_that_is_not_there_keeps_the_bar(prod, reader, address):
    answer = await reader.get(address)
    assert answer.status_code == 404
    page = answer.content.decode()
    assert MENU in page
    assert 'id="jump"' in page


async def test_a_page_that_is_not_allowed_keeps_the_bar(prod, reader):
    answer = await reader.get("/people/")
    assert answer.status_code in {403, 404}
    assert MENU in answer.content.decode()


async def test_somebody_who_is_signed_out_is_shown_no_bar(prod, async_client):
    answer = await async_client.get("/a/b/c/d/")
    assert answer.status_code == 404
    page = answer.content.decode()
    assert MENU not in page
    assert 'id="jump"' not in page
