"""Every page and every kind of person, in one table."""

import pytest

from dashboard.web import links
from tests.dashboard.web.conftest import DAILY, KARMA

EVERYBODY = ("nobody", "reader", "editor", "admin")
SEES = ("reader", "editor", "admin")
CHANGES = ("editor", "admin")
CREATE = links.url("key-create", "prod", ns=KARMA)
# The page, who gets it, and what the others who are signed in get.
PAGES = [
    ("/", EVERYBODY, None),
    ("/account/", EVERYBODY, None),
    ("/journal/", EVERYBODY, None),
    ("/prod/", SEES, 404),
    (links.namespace_url("prod", KARMA), SEES, 404),
    (links.namespace_url("prod", None), SEES, 404),
    (links.key_url("prod", DAILY), SEES, 404),
    (links.key_url("prod", DAILY, "key-tree", path=""), SEES, 404),
    (links.key_url("prod", DAILY, "key-find", q="leave"), SEES, 404),
    (links.key_url("prod", DAILY, "key-hex"), SEES, 404),
    (links.key_url("prod", DAILY, "key-menu", path="['team']"), SEES, 404),
    (links.key_url("prod", DAILY, "key-edit", path="['team']"), CHANGES, 403),
    (links.key_url("prod", DAILY, "key-shape", path="['team']", do="remove"), CHANGES, 403),
    (links.key_url("prod", DAILY, "key-expiry"), CHANGES, 403),
    (links.key_url("prod", DAILY, "key-delete"), CHANGES, 403),
    (CREATE, CHANGES, 403),
]


@pytest.mark.parametrize(("address", "allowed", "refusal"), PAGES)
async def test_each_page_opens_for_those_who_may_and_for_nobody_else(
    prod, cast, address, allowed, refusal
):
    answers = {kind: (await browser.get(address)).status_code for kind, browser in cast.items()}
    expected = {"signed out": 302}
    for kind in EVERYBODY:
        # Whoever may not even know of the store sees no difference to one that does not exist.
        expected[kind] = 200 if kind in allowed else 404 if kind == "nobody" else refusal
    assert answers == expected


@pytest.mark.parametrize("address", [address for address, _, _ in PAGES])
async def test_signed_out_people_are_led_to_the_sign_in_and_back(prod, cast, address):
    answer = await cast["signed out"].get(address)
    assert answer["Location"].startswith("/sign-in/?next=")


CHANGING = [
    links.key_url("prod", DAILY, name, **query)
    for name, query in [
        ("key-edit", {"path": "['team']"}),
        ("key-shape", {"path": "['team']", "do": "remove"}),
        ("key-expiry", {}),
        ("key-delete", {}),
    ]
] + [CREATE]


@pytest.mark.parametrize("address", CHANGING)
@pytest.mark.parametrize("kind", ["signed out", "nobody", "reader"])
async def test_a_change_by_someone_who_may_not_is_refused_and_changes_nothing(
    prod, cast, address, kind
):
    before = await prod.backend.get(DAILY)
    fields = {"step": "save", "when": "never", "unit": "h", "name": "x", "text": "1"}
    answer = await cast[kind].post(address, fields)
    assert answer.status_code in {401, 403, 404}
    assert await prod.backend.get(DAILY) == before


@pytest.mark.parametrize(
    "address", [address for address, _, _ in PAGES if "download" not in address]
)
async def test_every_page_says_that_it_depends_on_the_person_and_the_part(prod, editor, address):
    answer = await editor.get(address)
    assert {"HX-Request", "HX-Target", "Cookie"} <= set(answer["Vary"].split(", "))
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    "address",
    [
        "/nowhere/",
        "/nowhere/key/?key=x",
        links.namespace_url("prod", "acme.Gone"),
        links.namespace_url("prod", ""),
        "/prod/key/",
        "/prod/key/?key=",
        links.key_url("prod", "no such key"),
        links.key_url("prod", "caf\udce9\x00"),
        links.key_url("prod", DAILY, "key-edit", path="['nowhere']"),
        links.key_url("prod", DAILY, "key-edit", path="]]]"),
        links.key_url("prod", DAILY, "key-shape", do="explode"),
        "/no/such/page",
    ],
)
async def test_what_is_not_there_says_what_was_looked_for_and_leads_back(prod, editor, address):
    answer = await editor.get(address)
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "There is nothing here" in page
    assert 'class="button main" href="/' in page


async def test_what_a_reader_may_not_do_is_there_with_the_reason(prod, reader):
    page = (await reader.get(links.key_url("prod", DAILY))).content.decode()
    assert page.count('class="button refused"') == 4
    assert "You may not delete keys here. An admin can give you the role" in page
    assert "/key/delete/" not in page


async def test_a_read_only_store_says_so_and_refuses_on_the_server(prod, cast):
    address = links.url("key-create", "locked")
    admin = cast["admin"]
    page = (await admin.get("/locked/shared/")).content.decode()
    assert "opened read-only" in page
    answer = await admin.post(address, {"name": "a", "text": "1", "when": "never", "unit": "h"})
    assert answer.status_code == 422
    assert "read-only" in answer.content.decode()
