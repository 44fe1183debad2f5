"""Revoking works at once: whatever is taken away in one dashboard is refused by the other at the
next request, and open sockets there are closed within 5 seconds.
"""

import asyncio
import json
import re
import time
from contextlib import suppress

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from dashboard.live.consumer import RIGHTS_CHANGED, SIGNED_OUT
from dashboard.web import links
from storage_core import PluginStorage, open_storage
from tests.dashboard.web.test_key_edit import fields_of
from tests.promises.support import Support

KEY = "acme.plugins.polls.Polls:lunch"
VALUE = links.key_url("file", KEY)
DELETE = links.key_url("file", KEY, "key-delete")
MOST_SECONDS = 5.0
LINK = re.compile(r"/sign-in/[^/\"<\s]+/")
PASSWORD = "a long and unusual password"


@pytest.fixture(autouse=True)
async def value(bots_file) -> None:
    async with open_storage(f"sqlite:///{bots_file}") as backend:
        await PluginStorage("acme.plugins.polls.Polls", backend).set("lunch", {"pizza": 2})


@pytest.fixture
async def admin(sign_in) -> Support:
    """At the first dashboard."""
    return sign_in("admin", 0)


@pytest.fixture
async def person(pair, admin) -> tuple[Support, str]:
    """A new person at the second dashboard, and the address of the page about them."""
    name = f"mina-{time.monotonic_ns()}"
    fields = await admin.fields("/people/") | {"name": name, "role": "maintainer"}
    page = (await admin.send("/people/", fields, do="add", store="*", where="*")).text
    link = LINK.findall(page)[0]
    one = Support(pair[1], [])
    assert (await one.client.get(link)).status_code == 302
    found = (await admin.client.get("/people/")).text
    (about,) = re.findall(rf'href="(/people/\d+/)"[^>]*>{name}<', found)
    yield one, about
    await one.close()


async def ask(admin: Support, about: str, do: str) -> None:
    fields = fields_of((await admin.client.get(about)).text)
    assert (await admin.send(about, fields, do=do)).status_code == 303


async def be_disabled(admin, one, about):
    await ask(admin, about, "disable")


async def be_signed_out(admin, one, about):
    await ask(admin, about, "sign-out")


async def lose_the_role(admin, one, about):
    page = (await admin.client.get(about)).text
    (grant,) = re.findall(r'name="grant" value="(\d+)"', page)
    answer = await admin.send(about, fields_of(page), do="take", grant=grant)
    assert answer.status_code == 303


async def change_the_password(admin, one, about):
    """At the first dashboard, in a session of its own."""
    page = (await admin.send(about, await admin.fields(about), do="link")).text
    link = LINK.findall(page)[0]
    other = Support(admin, [])
    await other.client.get(link)
    fields = await other.fields("/account/") | {"new": PASSWORD, "again": PASSWORD}
    assert (await other.send("/account/", fields)).status_code == 302
    await other.close()


ENDS = [be_disabled, be_signed_out, change_the_password]


@pytest.mark.parametrize("end", [*ENDS, lose_the_role])
async def test_the_other_dashboard_refuses_the_next_request(admin, person, bots_file, end):
    one, about = person
    assert (await one.client.get(VALUE)).status_code == 200
    fields = await one.fields(DELETE)
    await end(admin, one, about)
    assert (await one.client.get(VALUE)).status_code in {302, 404}
    assert (await one.send(DELETE, fields)).status_code in {401, 404}
    async with open_storage(f"sqlite:///{bots_file}") as backend:
        assert await backend.has(KEY)


async def heard(socket) -> int | None:
    """The code with which a socket is closed."""
    try:
        async with asyncio.timeout(20):
            while True:
                await socket.recv()
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


@pytest.mark.parametrize(
    ("end", "code"), [*((end, SIGNED_OUT) for end in ENDS), (lose_the_role, RIGHTS_CHANGED)]
)
async def test_the_other_dashboard_closes_the_open_socket(admin, person, end, code):
    one, about = person
    page = (await one.client.get(VALUE)).text
    topics = " ".join(re.findall(r'data-topic="([^"]*)"', page)).split()
    async with connect(**one.socket) as socket:
        await socket.send(json.dumps({"watch": topics}))
        await end(admin, one, about)
        since = time.monotonic()
        assert await heard(socket) == code
        assert time.monotonic() - since < MOST_SECONDS


async def test_a_new_socket_tells_nothing_of_what_was_taken_away(admin, person, bots_file):
    one, about = person
    page = (await one.client.get(VALUE)).text
    topics = " ".join(re.findall(r'data-topic="([^"]*)"', page)).split()
    await lose_the_role(admin, one, about)
    async with connect(**one.socket) as socket:
        await socket.send(json.dumps({"watch": topics}))
        said: set[str] = set()
        with suppress(ConnectionClosed):  # by the old answer, whose rights are not these
            async with asyncio.timeout(20):
                while not said >= set(topics):
                    said |= set(json.loads(await socket.recv()).get("stale", ()))
        async with open_storage(f"sqlite:///{bots_file}") as backend:
            await PluginStorage("acme.plugins.polls.Polls", backend).set("lunch", {"pizza": 3})
        with pytest.raises((TimeoutError, ConnectionClosed)):
            async with asyncio.timeout(1):
                await socket.recv()
