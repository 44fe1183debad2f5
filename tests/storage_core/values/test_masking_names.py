"""What says secret is a name: which names do, and what stands under them."""

import json
import pickle
import sys
import unicodedata

import pytest

from storage_core.values import Masking, read
from storage_core.values.masking import MASK, folded
from tests.storage_core.values.masked import HUNTER, RULES, everything

NAMES = {
    "secret": ("token", "bot_token", "apiKey", "API-KEY", "apikeys", "SlackBotToken", "AWS_SECRET",
               "client secret", "credentials", "db.password", "oauth2_token", "privateKey",
               "accessKeyId", "webhook_url", "HTTPAuthorization", b"token", ("slack", "token")),
    "plain": ("tokenizer", "secretary", "passwordless", "key", "api", "webhook", "monkey",
              "private", "keyboard_access", "author", 7),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES["secret"])
def test_what_stands_under_a_secret_name_is_masked(name):
    assert read(pickle.dumps({name: HUNTER}), RULES).to_text() == f"{{{name!r}: {MASK}}}"


@pytest.mark.parametrize("name", NAMES["plain"])
def test_only_whole_words_count(name):
    assert not read(pickle.dumps({name: "x", "other": "secret"}), RULES).hides


@pytest.mark.parametrize("name", [
    "dbpassword", "userpassword", "mytoken", "accesstokens", "dbpwd", "smtp_pass", "pass", "cookie",
    "session_id", "PHPSESSID", "sessioncookie", "otp", "passphrase", "secretkey", "recovery codes",
    "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44",
    "\uff42\uff4f\uff54\uff34\uff4f\uff4b\uff45\uff4e",
    "pass\u200bword", "to\u00adken", "\u24e3\u24de\u24da\u24d4\u24dd",
])  # fmt: skip
def test_a_name_is_seen_in_one_word_and_in_any_letters(name):
    for value in ({name: HUNTER}, {"n": 1, "a": json.dumps({name: HUNTER}, ensure_ascii=False)}):
        told = everything(pickle.dumps(value, 4), RULES)
        assert HUNTER not in told


def test_words_can_be_added_and_taken_off_the_list():
    rules = Masking("settings", words=("licence",), spared=("token_count", "password"))
    value = read(pickle.dumps({"token_count": 1, "password": 2, "licences": 3, "token": 4}), rules)
    masked = {row.label for row in value.outline().rows if row.group == "masked"}
    assert masked == {"'licences'", "'token'"}


@pytest.mark.parametrize(("name", "value"), [
    ("tokens_used", 3), ("max_tokens", 4096), ("has_password", True), ("token", None),
    ("token_ttl", 1.5), ("password_changed", None), ("pinned", "1234"), ("passed", "yes"),
    ("pass", 12), ("pass_rate", "high"), ("pin", "C012/1700"), ("pin", 7), ("pins", ["1234"]),
    ("compass", "north"), ("session", "morning"), ("spin", "1234"), ("cookies", 3),
])  # fmt: skip
def test_a_measure_and_an_everyday_word_are_shown(name, value):
    is_all_secret = (name, value) == ("token", None)
    assert read(pickle.dumps({name: value}, 4), RULES).hides == is_all_secret
    assert read(pickle.dumps([json.dumps({name: value})], 4), RULES).hides == is_all_secret


@pytest.mark.parametrize(("name", "value"), [
    ("tokens_used", "a1b2"), ("max_tokens", ["x"]), ("password", 1234), ("pass", "abc"),
    ("pin", "0042"), ("pin", 1234), ("pin_code", "12ab"), ("cookies", {"a": "b"}),
])  # fmt: skip
def test_under_such_a_name_a_secret_is_still_one(name, value):
    assert read(pickle.dumps({name: value}, 4), RULES).to_text() == f"{{{name!r}: {MASK}}}"


class Setting:
    def __init__(self):
        self.name, self.value = "db_password", HUNTER


@pytest.mark.parametrize("value", [
    {"name": "password", "value": HUNTER}, {"Value": HUNTER, "key": "api_key"},
    {"field": "token", "data": [HUNTER]}, [{"name": "user", "value": "u"},
    {"name": "password", "value": HUNTER}], Setting(),
    json.dumps({"name": "password", "value": HUNTER}),
    json.dumps({"value": HUNTER, "name": "password"}),
])  # fmt: skip
def test_what_is_called_so_by_the_entry_beside_it_is_masked(value):
    assert HUNTER not in everything(pickle.dumps(value), RULES)


def test_an_entry_whose_name_is_harmless_is_shown():
    data = pickle.dumps([{"name": "user", "value": "roger"}, {"name": "password", "n": 1}])
    assert not read(data, RULES).hides


def test_a_value_whose_own_name_says_secret_is_masked_as_a_whole():
    data = pickle.dumps({"a": HUNTER})
    told = everything(data, Masking("github:token"))
    assert HUNTER not in told
    assert "'a'" not in told


@pytest.mark.parametrize("name", ["to\u212aen", "pa\u017fsword", "pa\u00dfword"])
def test_a_letter_that_only_folds_to_an_english_one_hides_no_secret(name):
    assert "hunter" not in read(pickle.dumps({name: "hunter2"}, 4), Masking("x")).to_text()


def test_every_letter_that_reads_as_an_english_one_is_looked_at_closely():
    for number in range(128, sys.maxunicode + 1):
        letter = chr(number)
        if unicodedata.category(letter) in ("Cs", "Cn", "Co"):
            continue
        name = folded(f"toke{letter}")
        if name.isascii() and (name == "toke" or name[4:].isalpha()):
            assert RULES.may_name(f"toke{letter}".encode()), hex(number)


@pytest.mark.parametrize("text", ["V\\u0074oken\n", "S'\\x74oken'\n"])
def test_a_name_that_is_written_with_escapes_is_seen(text):
    value = read(b"(dp0\n" + text.encode() + b"Vhunter2\ns.", Masking("x"))
    assert "hunter2" not in value.to_text()
    assert value.hides


def test_one_secret_name_among_many_is_found_wherever_it_stands():
    keys = [f"user{number}" for number in range(2000)]
    for place in (0, 511, 512, 1025, 1999):
        named = [*keys[:place], "api_key", *keys[place:]]
        value = read(pickle.dumps(dict.fromkeys(named, "hunter2"), 4), Masking("x"))
        text = value.to_text()
        assert "'api_key': ••••••••" in text
