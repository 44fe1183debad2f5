"""Secrets are on no page for whoever has not revealed them, and can be revealed on record."""

import base64
import pickle
import re
import time
from dataclasses import replace
from urllib.parse import quote

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group, User
from django.core.exceptions import ImproperlyConfigured

from dashboard import catalog, findings, operations, seeking
from dashboard.access import people, rights_of
from dashboard.access.sessions import PROVED_AT
from dashboard.configuration import parse_masks
from dashboard.findings.inspector import Inspector
from dashboard.journal.models import Deed
from dashboard.journal.queries import for_key, latest
from dashboard.masking import masking_for
from dashboard.web import links
from dashboard.web.revealing import REVEALED
from storage_core.values.masking import MASK
from tests.dashboard.web.conftest import DAILY, KARMA, STANDUP, known, signed_in
from tests.dashboard.web.declared import PAGES
from tests.dashboard.web.keeping import kept_version, kept_versions
from tests.dashboard.web.test_declared import address_of
from tests.dashboard.web.test_key_edit import HTMX, fields_of, opened, step
from tests.dashboard.web.test_value_search import ended

KEY = f"{STANDUP}:config"
OWN_NAME, BROKEN, UNSEEN = "bot:api_key", f"{STANDUP}:broken", f"{STANDUP}:unseen"
SECRETS = tuple(f"planted-{number}-secret" for number in range(6))
OLD, NEW, BELOW, NAMED, CUT, CALLED = SECRETS
HOOK = "https://hooks.slack.com/services/T0/B0/planted-6-hook"
VALUE = {"team": "platform", "bot_token": OLD, "hook": HOOK, "db": {"password": [BELOW]}, "n": 1}
UNREADABLE = pickle.dumps({"password": CUT})[:-2]
CALLS = f"cbuiltins\nsetattr\n(S'x'\nS'token'\nS'{CALLED}'\ntR0I1\n.".encode()
PAGE = links.key_url("prod", KEY)
REVEAL = links.key_url("prod", KEY, "key-reveal")
TOKEN = links.key_url("prod", KEY, "key-edit", path="['bot_token']")


def spellings(secret: str) -> set[str]:
    """The ways in which a page could carry a secret."""
    raw = secret.encode()
    coded = {base64.b64encode(b"x" * shift + raw)[4:-4].decode() for shift in range(3)}
    return coded | {secret, raw.hex(), raw.hex(" "), quote(secret, safe=""), secret[:12]}


FORBIDDEN = {each for secret in (*SECRETS, HOOK[-16:]) for each in spellings(secret)}


def leaks(answer) -> set[str]:
    text = answer.content.decode("latin-1") + str(dict(answer.headers))
    return {each for each in FORBIDDEN if each in text}


@pytest.fixture
async def planted(prod, write):
    """Secrets in all kinds of places: also in the journal, in findings, and in a search."""
    for key, value in {KEY: VALUE, OWN_NAME: NAMED, BROKEN: UNREADABLE, UNSEEN: CALLS}.items():
        await write(key, value)
    author = await sync_to_async(people.add_person)("author", "admin")
    acting = operations.Person(author, await rights_of(author))
    old = await prod.backend.get(KEY)
    new = pickle.dumps(VALUE | {"bot_token": NEW})
    done = await operations.edit(acting, "prod", KEY, old, new, "turned")
    await known(KEY)
    for key in (OWN_NAME, BROKEN, UNSEEN):
        await kept_version(key, await prod.backend.get(key))
    await kept_versions(KEY, old, new)
    inspector = Inspector(prod, catalog.of("prod"), findings.looks_at("prod"))
    await inspector.look_at(prod.browsable, [KEY, OWN_NAME, BROKEN, UNSEEN])
    report = await findings.reporter_of("prod").refresh()
    crew = await Group.objects.acreate(name="crew")
    async with seeking.run():
        yield {
            "numbers": {"person": author.pk, "group": crew.pk, "journal-entry": done.entry.pk},
            "finding": next(one.name for one in report.findings if one.code == "hidden-call"),
        }
    findings.looks.forget_all()
    findings.report.forget_all()


def addresses(planted) -> list[str]:
    """Every address that can be looked at, about each of the planted keys."""
    found = []
    for name, page in PAGES.items():
        if "GET" not in page.methods or name in ("healthz", "readyz", "sign-in-link"):
            continue
        about = [KEY, OWN_NAME, BROKEN, UNSEEN] if ("key", DAILY) in page.given else [""]
        for key in about:
            rest = [pair for pair in page.given if pair[0] not in ("key", "path")]
            given = tuple(rest if not key else [*rest, ("key", key)])
            asked = replace(page, given=given)
            found.append(address_of(name, asked, planted["numbers"], planted["finding"]))
    paths = (
        "",
        "['bot_token']",
        "['db']",
        "['db']['password']",
        "['db']['password'][0]",
        "['hook']",
    )
    for name in ("key", "key-tree", "key-menu", "key-edit", "key-shape"):
        for path in paths:
            found.append(links.key_url("prod", KEY, name, path=path, do="remove", as_="source"))
            found.append(links.key_url("prod", KEY, name, path=path, do="rename"))
    found += [links.key_url("prod", key, raw="1") for key in (KEY, OWN_NAME, BROKEN)]
    found += [links.key_url("prod", KEY, "key-find", q=text) for text in ("token", "plant", MASK)]
    entry = str(planted["numbers"]["journal-entry"])
    found += [links.url("restore", entry, state=state) for state in ("before", "after")]
    found += [links.namespace_url("prod", STANDUP, q="config"), links.url("overview", q="config")]
    return found


@pytest.mark.parametrize("role", ["reader", "support", "admin"])
async def test_no_address_tells_a_secret_to_whoever_has_not_revealed_it(planted, role):
    browser = await signed_in(f"a {role}", role)
    told = {}
    for address in addresses(planted):
        for headers in ({}, HTMX, HTMX | {"HX-Target": "value"}, HTMX | {"HX-Target": "hex"}):
            answer = await browser.get(address, headers=headers)
            assert answer.status_code < 500, address
            if found := leaks(answer):
                told[address] = found
    assert told == {}
    page = (await browser.get(PAGE)).content.decode()
    assert MASK in page
    assert "its name says secret" in page


async def test_the_walk_would_notice_a_secret(planted):
    browser = await signed_in("mina", "maintainer")
    await browser.post(REVEAL)
    entry = links.url("journal-entry", str(planted["numbers"]["journal-entry"]))
    for address in (PAGE, TOKEN, links.key_url("prod", KEY, "key-delete"), entry):
        assert leaks(await browser.get(address)), address
    assert leaks(await browser.get(links.key_url("prod", KEY, "key-hex"), headers=HTMX))
    assert leaks(await browser.post(links.key_url("prod", KEY, "key-download")))


async def test_a_list_never_shows_what_somebody_has_revealed(planted):
    browser = await signed_in("mina", "maintainer")
    await browser.post(REVEAL)
    assert not leaks(await browser.get(links.namespace_url("prod", STANDUP)))


async def test_a_search_inside_values_does_not_find_what_is_masked(planted):
    browser = await signed_in("mina", "admin")
    for text in ("planted", "hooks.slack"):
        address = links.url("value-search", "prod", q=text)
        await browser.get(address)
        await ended()
        answer = await browser.get(address)
        assert not leaks(answer)
        assert "Nothing found" in answer.content.decode()


async def test_exports_tell_no_secret(planted):
    browser = await signed_in("mina", "auditor")
    for form in ("csv", "jsonl", "print"):
        for name, args in (("journal-export", ()), ("audit-export", ("prod",))):
            answer = await browser.post(links.url(name, *args), {"as": form})
            body = b"".join([part async for part in answer]) if answer.streaming else answer.content
            assert not {each for each in FORBIDDEN if each in body.decode("latin-1")}


async def test_a_masked_field_is_replaced_without_being_seen(planted, prod):
    browser = await signed_in("mina", "support")
    fields = await opened(browser, TOKEN)
    assert fields["base"] == ""
    assert fields["control"] == "text"
    answer, page = await step(browser, TOKEN, fields, text="typed-anew", step="review")
    assert not leaks(answer)
    assert f"<del>{MASK}</del><ins>{MASK}</ins>" in page
    answer, _ = await step(browser, TOKEN, fields_of(page), text="typed-anew", step="save")
    assert not leaks(answer)
    assert pickle.loads(await prod.backend.get(KEY)) == VALUE | {"bot_token": "typed-anew"}


async def test_a_value_with_secrets_is_merged_like_any_other(planted, prod, write):
    browser = await signed_in("mina", "support")
    address = links.key_url("prod", KEY, "key-edit", path="['team']")
    typed = {"text": "'data'", "control": "source"}
    _, page = await step(browser, address, await opened(browser, address), **typed, step="review")
    await write(KEY, VALUE | {"bot_token": NEW, "n": 2})
    answer, _ = await step(browser, address, fields_of(page), **typed, step="save")
    assert answer["HX-Retarget"] == "#value"
    assert not leaks(answer)
    now = pickle.loads(await prod.backend.get(KEY))
    assert (now["team"], now["n"], now["bot_token"]) == ("data", 2, NEW)


async def test_both_sides_of_a_value_with_secrets_are_shown_with_its_masks(planted, prod, write):
    browser = await signed_in("mina", "support")
    address = links.key_url("prod", KEY, "key-edit", path="['team']")
    typed = {"text": "'data'", "control": "source"}
    _, page = await step(browser, address, await opened(browser, address), **typed, step="review")
    await write(KEY, VALUE | {"bot_token": OLD, "team": "theirs"})
    answer, page = await step(browser, address, fields_of(page), **typed, step="save")
    assert answer.status_code == 409
    assert not leaks(answer)
    assert f"<del>{MASK}</del><ins>{MASK}</ins>" in page
    (name,) = re.findall(r'name="(choice-[0-9a-f]+)" value="mine"', page)
    answer, page = await step(
        browser, address, fields_of(page), **typed, **{name: "mine"}, step="choose"
    )
    assert not leaks(answer)
    await step(browser, address, fields_of(page), **typed, step="save")
    now = pickle.loads(await prod.backend.get(KEY))
    assert (now["team"], now["bot_token"]) == ("data", OLD)


async def test_nobody_learns_from_a_conflict_that_they_guessed_right(planted, prod, write):
    """Neither what it was when they began, nor what the bot wrote meanwhile."""
    browser = await signed_in("mina", "support")
    for choice in ("mine", "theirs"):
        pages = []
        for guess in (NEW, OLD, "another text here!"):
            await write(KEY, VALUE | {"bot_token": NEW})
            _, page = await step(
                browser, TOKEN, await opened(browser, TOKEN), text=guess, step="review"
            )
            await write(KEY, VALUE | {"bot_token": OLD})
            answer, page = await step(browser, TOKEN, fields_of(page), text=guess, step="save")
            assert answer.status_code == 409
            (name,) = re.findall(r'name="(choice-[0-9a-f]+)" value="mine"', page)
            told = re.sub(r'value="[^"]*"', "", page)
            fields = fields_of(page) | {"text": guess, name: choice}
            _, page = await step(browser, TOKEN, fields, step="choose")
            pages.append(told + re.sub(r'value="[^"]*"', "", page))
        assert pages[0] == pages[1] == pages[2]


async def test_bytes_of_an_array_with_a_token_are_not_given_away(prod):
    numpy = pytest.importorskip("numpy")
    key = f"{STANDUP}:array"
    token = "ghp_" + "a1" * 18
    browser = await signed_in("mina", "support")
    await prod.backend.set(key, pickle.dumps(numpy.array([token])))
    page = (await browser.get(links.key_url("prod", key))).content.decode()
    assert MASK in page
    assert token not in page
    download = links.key_url("prod", key, "key-download")
    assert (await browser.post(download)).status_code == 403


async def test_nobody_learns_from_the_form_that_they_guessed_right(planted):
    browser = await signed_in("mina", "support")
    pages = []
    for guess in (NEW, "another text here!"):
        fields = await opened(browser, TOKEN)
        _, page = await step(browser, TOKEN, fields, text=guess, step="review")
        for each in (guess, fields_of(page)["shown"], fields_of(page)["csrfmiddlewaretoken"]):
            page = page.replace(each, "")
        pages.append(page)
        assert fields_of(page)["digest"] == fields["digest"]
    assert pages[0] == pages[1]


async def test_no_edit_takes_the_mask_off(planted, prod):
    browser = await signed_in("mina", "support")
    address = links.key_url("prod", KEY, "key-shape", path="['bot_token']", do="rename")
    fields = await opened(browser, address)
    answer, page = await step(browser, address, fields, key="'note'", step="review")
    assert answer.status_code == 422
    assert "An admin can give you the role maintainer" in page
    assert "Reveal" not in page
    assert not leaks(answer)


async def test_whoever_may_reveal_is_told_to_where_a_mask_is_in_the_way(planted):
    browser = await signed_in("mina", "maintainer")
    address = links.key_url("prod", KEY, "key-shape", path="['bot_token']", do="rename")
    fields = await opened(browser, address)
    _, page = await step(browser, address, fields, key="'note'", step="review")
    assert "Reveal the value first." in page
    whole = links.key_url("prod", KEY, "key-edit", path="", as_="source")
    assert "Reveal the value first." in (await browser.get(whole)).content.decode()


async def test_bytes_with_secrets_are_kept_back_and_others_are_not(planted, cast):
    hexed = links.key_url("prod", KEY, "key-hex")
    page = (await cast["reader"].get(hexed, headers=HTMX)).content.decode()
    assert "An admin can give you the role maintainer" in page
    for name, status in {KEY: 403, BROKEN: 403, OWN_NAME: 403, DAILY: 200}.items():
        address = links.key_url("prod", name, "key-download")
        assert (await cast["editor"].post(address)).status_code == status


async def test_a_reveal_is_on_record_and_holds_for_that_value_only(planted, write):
    await write(f"{STANDUP}:other", {"token": NEW})
    browser = await signed_in("mina", "maintainer")
    answer = await browser.post(REVEAL)
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    row = (await for_key("prod", KEY))[0]
    assert (row.deed, row.who) == (Deed.REVEAL, "mina")
    assert leaks(await browser.get(PAGE))
    assert not leaks(await browser.get(links.key_url("prod", f"{STANDUP}:other")))
    assert not leaks(await (await signed_in("jon", "maintainer")).get(PAGE))


async def test_what_is_revealed_is_masked_again_when_asked_and_when_its_time_is_over(planted):
    browser = await signed_in("mina", "maintainer")
    await browser.post(REVEAL)
    assert "Mask again" in (await browser.get(PAGE)).content.decode()
    await browser.post(REVEAL, {"do": "hide"})
    assert not leaks(await browser.get(PAGE))
    await browser.post(REVEAL)
    session = await browser.asession()
    kept = await session.aget(REVEALED)
    await session.aset(REVEALED, dict.fromkeys(kept, time.time() - 1))
    await session.asave()
    assert not leaks(await browser.get(PAGE))


async def test_a_reveal_ends_with_the_right(planted):
    browser = await signed_in("mina", "maintainer")
    await browser.post(REVEAL)
    mina = await User.objects.aget(username="mina")
    await mina.grants.all().aupdate(role="editor")
    assert not leaks(await browser.get(PAGE))


async def test_an_old_sign_in_is_asked_for_the_password_before_a_reveal(planted):
    browser = await signed_in("mina", "maintainer")
    session = await browser.asession()
    await session.aset(PROVED_AT, time.time() - 3600)
    await session.asave()
    answer = await browser.post(REVEAL)
    assert answer["Location"].startswith("/account/confirm/")
    assert not leaks(await browser.get(PAGE))
    assert not [row for row in await latest(50) if row.deed == Deed.REVEAL]


async def test_whoever_may_not_reveal_is_told_why_and_cannot(planted, editor):
    page = (await editor.get(PAGE)).content.decode()
    assert "You may not reveal masked values here." in page
    assert REVEAL not in page
    assert (await editor.post(REVEAL)).status_code == 403
    row = (await for_key("prod", KEY))[0]
    assert (row.deed, row.who, row.note) == (Deed.REVEAL, "editor", "Refused: not allowed.")
    assert not leaks(await editor.get(PAGE))


def test_words_are_added_and_spared_where_the_environment_says_so(settings):
    text = f"licence,-token_count, prod=iban+-secret, prod/{STANDUP}=colour, stage/shared=pin"
    settings.CUBBYHOLE_MASK = parse_masks(text)
    here = masking_for("prod", f"{STANDUP}:a")
    assert (here.name, here.words) == ("a", ("licence", "iban", "colour"))
    assert here.spared == ("token_count", "secret")
    assert masking_for("prod", f"{KARMA}:a").words == ("licence", "iban")
    assert masking_for("stage", "a").words == ("licence", "pin")


@pytest.mark.parametrize("text", ["=a", "prod=", "a,+", "prod/a b=c", "-", "7"])
def test_rules_that_cannot_be_meant_are_refused(text):
    with pytest.raises(ImproperlyConfigured, match="CUBBYHOLE_MASK"):
        parse_masks(text)
