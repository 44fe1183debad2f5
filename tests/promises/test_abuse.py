"""Slow clients cost bounded memory, and abuse is limited: 100 sockets that never read while marks
come at full rate cost at most 100 MB; floods, frames of 10 MB, forms of 10 MB and many bad
sign-ins are refused, and the memory stays as it is.
"""

import asyncio
import json
import logging
import re
import socket
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from dashboard.live.consumer import TOO_MUCH
from dashboard.web import links
from storage_core import open_storage
from tests.browser.dashboard import Dashboard
from tests.promises.scale import TIMES
from tests.promises.support import Support
from tests.waiting import until

log = logging.getLogger(__name__)

SOCKETS = 100
WRITES = 5_000 * TIMES
AGAIN = 5 * TIMES
MOST_MEGABYTES = 100
FLAT_MEGABYTES = 30  # what a busy process may take by the way
GUESSES = min(1000, 150 * TIMES)  # a thousand in one process are tried in test_misfortune
TOO_LARGE = 10 * 1024 * 1024
KEY = "acme.plugins.karma.Karma:abused"
PASSWORD = "a long and unusual password"


@pytest.fixture(scope="module")
def alone(urls, tmp_path_factory):
    """A dashboard of its own, so that its memory is its own."""
    running = Dashboard(tmp_path_factory.mktemp("abused"), urls)
    yield running
    running.stop()


@pytest.fixture
async def one(alone):
    """Somebody at it, and one key that they see."""
    async with open_storage(alone_store(alone)) as backend:
        await backend.set(KEY, b"x")
    person = Support(alone, await asyncio.to_thread(alone.cookies_of, "support"))
    await until(lambda: is_there(person))
    yield person
    await person.close()


def alone_store(dashboard: Dashboard) -> str:
    """The URL of the Redis that it shows."""
    (option,) = [word for word in dashboard.command if word.startswith("--store=team=")]
    return option.removeprefix("--store=team=")


async def is_there(person: Support) -> bool:
    return (await person.client.get(links.key_url("team", KEY))).status_code == 200


def megabytes(dashboard: Dashboard) -> float:
    """The memory that a process has now."""
    status = Path(f"/proc/{dashboard.process.pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024


async def topics(person: Support) -> list[str]:
    pages = [await person.client.get(links.key_url("team", KEY))]
    pages.append(await person.client.get("/team/"))
    return " ".join(re.findall(r'data-topic="([^"]*)"', "".join(p.text for p in pages))).split()


def deaf(person: Support, watched: list[str]) -> socket.socket:
    """A socket that is opened, watches, and never reads again; with the smallest buffer."""
    host, port = person.url.removeprefix("http://").split(":")
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    raw.connect((host, int(port)))
    head = person.socket
    lines = [
        "GET /live/ HTTP/1.1",
        f"Host: {host}:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
        f"Origin: {head['origin']}",
        f"Cookie: {head['additional_headers']['Cookie']}",
    ]
    raw.sendall("\r\n".join([*lines, "", ""]).encode())
    data = json.dumps({"watch": watched}).encode()
    raw.sendall(b"\x81\xfe" + len(data).to_bytes(2, "big") + bytes(4) + data)  # masked by zeros
    return raw


async def test_a_hundred_sockets_that_never_read_cost_bounded_memory(alone, one):
    watched = await topics(one)
    before = megabytes(alone)
    sockets = [await asyncio.to_thread(deaf, one, watched) for _ in range(SOCKETS)]
    most = before
    async with open_storage(alone_store(alone)) as backend:
        for number in range(0, WRITES, 100):
            await asyncio.gather(*(backend.set(KEY, b"%d" % (number + n)) for n in range(100)))
            most = max(most, megabytes(alone))
            await asyncio.sleep(0.01)
    log.info("%s deaf sockets: %.1f MB more, from %.1f", SOCKETS, most - before, before)
    for each in sockets:
        each.close()
    assert most - before < MOST_MEGABYTES
    assert await is_there(one)


async def code_of(opened) -> int | None:
    try:
        async with asyncio.timeout(20):
            while True:
                await opened.recv()
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


async def test_frames_of_ten_megabytes_are_refused_and_the_memory_is_flat(alone, one):
    before = megabytes(alone)
    for _ in range(AGAIN):
        async with connect(**one.socket) as opened:
            with suppress(ConnectionClosed):
                await opened.send("x" * TOO_LARGE)
            assert await code_of(opened) in {1009, 1006, None}
    log.info("%s frames of 10 MB: %.1f MB more", AGAIN, megabytes(alone) - before)
    assert megabytes(alone) - before < FLAT_MEGABYTES


async def test_floods_are_refused_and_the_memory_is_flat(alone, one):
    before = megabytes(alone)
    for _ in range(AGAIN):
        async with connect(**one.socket) as opened:
            with suppress(ConnectionClosed):
                for _ in range(2000):
                    await opened.send('{"watch": []}')
            assert await code_of(opened) in {TOO_MUCH, None}
    log.info("%s floods of 2,000 frames: %.1f MB more", AGAIN, megabytes(alone) - before)
    assert megabytes(alone) - before < FLAT_MEGABYTES


async def test_forms_of_ten_megabytes_are_refused_in_words_and_the_memory_is_flat(alone, one):
    place = links.key_url("team", KEY, "key-edit", path="")
    fields = await one.fields(place)
    before = megabytes(alone)
    for _ in range(AGAIN):
        answer = await one.send(place, fields, text="x" * TOO_LARGE)
        assert answer.status_code in {400, 413}
        assert "too large" in answer.text
        assert "Nothing was changed" in answer.text
    log.info("%s forms of 10 MB: %.1f MB more", AGAIN, megabytes(alone) - before)
    assert megabytes(alone) - before < FLAT_MEGABYTES + TOO_LARGE / 1024**2


def visitor(dashboard: Dashboard, address: str) -> httpx.AsyncClient:
    """Somebody who comes from another address of this machine."""
    transport = httpx.AsyncHTTPTransport(local_address=address)
    return httpx.AsyncClient(base_url=dashboard.url, transport=transport, timeout=60)


async def sign_in(client: httpx.AsyncClient, name: str, password: str) -> httpx.Response:
    page = (await client.get("/sign-in/")).text
    (token,) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    fields = {"csrfmiddlewaretoken": token, "username": name, "password": password}
    return await client.post("/sign-in/", data=fields)


@pytest.fixture
async def with_passwords(alone) -> None:
    """Two people with a password, `mina` and `jon`."""
    for name in ("mina", "jon"):
        link = await asyncio.to_thread(alone.link_for, name, "reader")
        async with httpx.AsyncClient(base_url=alone.url, timeout=60) as client:
            await client.get(link)
            page = (await client.get("/account/")).text
            token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
            given = {"csrfmiddlewaretoken": token, "new": PASSWORD, "again": PASSWORD}
            assert (await client.post("/account/", data=given)).status_code == 302


async def test_bad_sign_ins_lock_out_the_account_and_the_address_and_nobody_else(
    alone, one, with_passwords
):
    before = megabytes(alone)
    async with visitor(alone, "127.0.0.9") as guesser:
        page = (await guesser.get("/sign-in/")).text
        (token,) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        for number in range(GUESSES):
            fields = {"csrfmiddlewaretoken": token, "username": "mina", "password": f"{number}"}
            answer = await guesser.post("/sign-in/", data=fields)
            assert answer.status_code == 422
        assert "Too many tries" in answer.text
        assert "Too many tries" in (await sign_in(guesser, "jon", PASSWORD)).text  # the address
    async with visitor(alone, "127.0.0.10") as other:
        assert "Too many tries" in (await sign_in(other, "mina", PASSWORD)).text  # the account
        assert (await sign_in(other, "jon", PASSWORD)).status_code == 302
    assert await is_there(one)
    log.info("%s bad sign-ins: %.1f MB more", GUESSES, megabytes(alone) - before)
    assert megabytes(alone) - before < FLAT_MEGABYTES
