"""Every address, socket and command × every kind of person × every method, against one table."""

from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group, User
from django.test import AsyncClient
from django.urls import URLPattern, get_resolver, reverse

import dashboard
from dashboard import findings, operations
from dashboard.access import NO_RIGHTS, ROLES, Rights, Verb, people, rights_of
from dashboard.access.models import Grant
from dashboard.asgi import application
from dashboard.live.routing import websocket_urlpatterns
from dashboard.web import links
from tests.dashboard.live.conftest import Socket
from tests.dashboard.web.conftest import DAILY, KARMA, STANDUP, known
from tests.dashboard.web.declared import COMMANDS, ELSEWHERE, NARROW, PAGES, SOCKETS, Page
from tests.dashboard.web.keeping import kept_version

COMMAND_FILES = Path(dashboard.__file__).parent / "management/commands"
KINDS = ("signed out", "disabled", "nobody", "elsewhere", "narrow", *ROLES)
TRIED = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def patterns() -> list[URLPattern]:
    included = get_resolver().url_patterns
    return [one for each in included for one in getattr(each, "url_patterns", [each])]


def test_every_address_is_declared_and_nothing_else():
    assert {pattern.name for pattern in patterns()} == set(PAGES)


def test_every_socket_is_declared_and_nothing_else():
    assert {str(pattern.pattern) for pattern in websocket_urlpatterns} == set(SOCKETS)


def test_every_command_is_declared_and_nothing_else():
    assert {file.stem for file in COMMAND_FILES.glob("[a-z]*.py")} == COMMANDS


async def person_of(kind: str) -> User:
    person = await User.objects.acreate(username=kind)
    place = {"elsewhere": ELSEWHERE, "narrow": NARROW}.get(kind, (kind, "*", "*"))
    if kind != "nobody":
        role, store, where = ("admin", "*", "*") if kind == "disabled" else place
        await Grant.objects.acreate(person=person, role=role, store=store, where=where)
    return person


async def browser_of(kind: str) -> tuple[AsyncClient, Rights]:
    browser = AsyncClient(raise_request_exception=False)
    if kind == "signed out":
        return browser, NO_RIGHTS
    person = await person_of(kind)
    await browser.aforce_login(person)
    if kind == "disabled":
        await User.objects.filter(pk=person.pk).aupdate(is_active=False)
        return browser, NO_RIGHTS
    return browser, await rights_of(person)


@pytest.fixture
async def numbers(prod) -> dict[str, int]:
    """What the addresses with a number in them are about."""
    author = await sync_to_async(people.add_person)("author", "admin")
    old = await prod.backend.get(DAILY)
    acting = operations.Person(author, await rights_of(author))
    done = await operations.edit(acting, "prod", DAILY, old, old.replace(b"platfrom", b"platform"))
    await known(DAILY)
    await kept_version(DAILY, old)
    crew = await Group.objects.acreate(name="crew")
    return {"person": author.pk, "group": crew.pk, "journal-entry": done.entry.pk}


@pytest.fixture
async def finding(numbers, settings) -> str:
    """The name of a finding about the plugin of the table: that it is not configured."""
    settings.CUBBYHOLE_PLUGINS = {"prod": (KARMA,)}
    report = await findings.reporter_of("prod").refresh()
    return next(one.name for one in report.findings if one.namespace == STANDUP)


def address_of(name: str, page: Page, numbers: dict[str, int], finding: str = "") -> str:
    number = numbers.get("journal-entry" if name == "restore" else name, 0)
    values = {"store": "prod", "secret": "x", "number": number, "topic": "reading"}
    pattern = next(one for one in patterns() if one.name == name)
    names = pattern.pattern.converters
    given: dict[str, Any] = dict(page.given)
    if name.startswith("finding-"):
        given["finding"] = finding
    query = links.url("overview", **given).removeprefix("/")
    return reverse(name, kwargs={each: values[each] for each in names}) + query


def expected(page: Page, method: str, rights: Rights, *, is_in: bool) -> int | None:
    """The status that refuses, or None where the request is let through."""
    if not is_in and page.who != "anybody":
        return 401 if method == "POST" else 302
    if method not in page.methods.split():
        return 405
    if page.who in ("anybody", "signed in"):
        return page.answer
    if page.who == "admin":
        return None if rights.administers else 403
    verb = Verb(page.who)
    if page.place == "anywhere":
        return None if any(rights.may_somewhere(verb, one) for one in ("prod", "locked")) else 403
    if page.place == "store":
        knows, may = (rights.may_somewhere(one, "prod") for one in (Verb.SEE_NAMES, verb))
    else:
        namespace = STANDUP if page.place == "plugin" else None
        knows, may = (rights.may(one, "prod", namespace) for one in (Verb.SEE_NAMES, verb))
    return page.answer if knows and may else 403 if knows else 404


def is_let_through(answer: Any) -> bool:
    if answer.status_code == 302:
        return True
    return answer.status_code not in (401, 403, 404, 405) and answer.status_code < 500


@pytest.mark.parametrize("kind", KINDS)
async def test_everybody_gets_what_the_table_says_and_nothing_else(numbers, finding, kind):
    browser, rights = await browser_of(kind)
    is_in = kind not in ("signed out", "disabled")
    wrong = []
    for name, page in PAGES.items():
        for method in TRIED:
            sender = browser
            if name == "sign-out" and is_in:  # that ends the session, so not with the same browser
                sender = AsyncClient()
                await sender.aforce_login(await User.objects.aget(username=kind))
            answer = await sender.generic(method, address_of(name, page, numbers, finding))
            refusal = expected(page, method, rights, is_in=is_in)
            fits = answer.status_code == refusal if refusal else is_let_through(answer)
            if not fits:
                wrong.append((name, method, answer.status_code, refusal or "let through"))
    assert wrong == []


async def cookies_of(kind: str) -> tuple[bytes, bytes]:
    browser, _ = await browser_of(kind)
    cookies = "; ".join(f"{name}={each.value}" for name, each in browser.cookies.items())
    return b"cookie", cookies.encode()


async def opens(cookies: tuple[bytes, bytes], *origin: tuple[bytes, bytes]) -> bool:
    socket = Socket(application, [(b"host", b"localhost"), cookies, *origin])
    is_open = await socket.open()
    await socket.leave()
    return is_open


@pytest.mark.parametrize("kind", KINDS)
async def test_a_socket_opens_for_those_of_the_table_only(prod, kind):
    is_open = await opens(await cookies_of(kind), (b"origin", b"http://localhost"))
    assert is_open is (kind not in ("signed out", "disabled"))


@pytest.mark.parametrize("kind", KINDS)
async def test_a_socket_of_another_origin_is_refused_to_everybody(prod, kind):
    cookies = await cookies_of(kind)
    for origin in (b"http://evil.example", b"http://localhost:99", b"https://localhost", b"null"):
        assert not await opens(cookies, (b"origin", origin)), origin
    assert not await opens(cookies)


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if "POST" in page.methods])
async def test_a_form_of_another_origin_is_refused_to_an_admin_too(numbers, name):
    browser = AsyncClient(enforce_csrf_checks=True)
    await browser.aforce_login(await User.objects.aget(username="author"))
    address = address_of(name, PAGES[name], numbers)
    for origin in ("http://evil.example", "http://testserver:99", "null"):
        answer = await browser.post(address, headers={"Origin": origin})
        assert answer.status_code == 403
        assert "This form is too old" in answer.content.decode()
