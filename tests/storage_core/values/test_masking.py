"""What is secret is in nothing that is made of a value, and can be replaced all the same."""

import json
import pickle
import sys
import unicodedata
from collections import OrderedDict, namedtuple

import dill
import pytest

from storage_core.exceptions import RefusedEdit
from storage_core.values import Edit, Masking, create, diff, merge, read
from storage_core.values.masking import MASK, folded
from storage_core.values.passages import passages
from storage_core.values.requests import ANSWERS, UNMASKED, answer
from storage_core.values.tokens import EVERY_KIND, token_format

HUNTER = "hunter2-and-more"
TOKEN = "xoxb-1234567890-abcdefghij"
RULES = Masking("settings")

NAMES = {
    "secret": ("token", "bot_token", "apiKey", "API-KEY", "apikeys", "SlackBotToken", "AWS_SECRET",
               "client secret", "credentials", "db.password", "oauth2_token", "privateKey",
               "accessKeyId", "webhook_url", "HTTPAuthorization", b"token", ("slack", "token")),
    "plain": ("tokenizer", "secretary", "passwordless", "key", "api", "webhook", "monkey",
              "private", "keyboard_access", "author", 7),
}  # fmt: skip
TOKENS = {
    "a Slack token": (TOKEN, "xoxp-1234567890", "xapp-1-A012345-678", "xoxe.xoxp-1-Mi0yLTEyMzQ1"),
    "a Slack webhook": ("https://hooks.slack.com/services/T0000/B0000/XXXXXXXX",),
    "a GitHub token": ("ghp_" + "a1" * 18, "github_pat_" + "11AAAAAAA0" * 3),
    "a GitLab token": ("glpat-abcdefghij0123456789", "glrt-abcdefghij0123456789"),
    "an AWS access key": ("AKIAIOSFODNN7EXAMPLE",),
    "a Google API key": ("AIzaSyA-1234567890abcdefghijklmnopqrst",),
    "a Stripe key": ("sk_live_abcdefghij012345", "rk_live_abcdefghij012345"),
    "a JSON web token": ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP",),
    "a private key": (
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl",
        "-----BEGIN PGP PRIVATE KEY BLOCK-----",
        "-----BEGIN PRIVATE KEY-----",
    ),
    "an npm token": ("npm_" + "a1" * 18,),
    "an OpenAI or Anthropic key": (
        "sk-proj-abcdefghij0123456789",
        "sk-ant-api03-abcdefghij01234",
        "sk-" + "a1" * 24,
    ),
    "a PyPI token": ("pypi-AgEIcHlwaS5vcmcCJDAwMDAwMD",),
    "a Google OAuth secret": ("GOCSPX-abcdefghij0123456789",),
    "a Hugging Face token": ("hf_" + "aB" * 17,),
    "a Telegram bot's token": ("123456789:AA" + "b-" * 17,),
    "a DigitalOcean token": ("dop_v1_" + "0a" * 32,),
    "a Shopify token": ("shpat_" + "0a" * 16,),
    "a Vault token": ("hvs." + "aB" * 12,),
    "a Docker token": ("dckr_pat_" + "aB" * 12,),
    "a SendGrid key": ("SG." + "a" * 22 + "." + "b" * 43,),
    "an address with a password in it": ("postgres://bot:hunter2@db.example/bot",),
}
Login = namedtuple("Login", "user password")


class Bot:
    def __init__(self):
        self.name, self.api_key = "roger", HUNTER


VALUES = {
    "dict": {"token": HUNTER, "user": "roger"},
    "deep": [{"a": ({"b": {"client_secret": [HUNTER, {"x": HUNTER}]}},)}],
    "object": Bot(),
    "ordered": OrderedDict([("password", HUNTER)]),
    "pair": [("Authorization", HUNTER), ("user", "roger")],
    "json": json.dumps({"user": "roger", "password": HUNTER}),
    "pickle": pickle.dumps({"password": HUNTER}),
    "repr": repr({"password": HUNTER}),
    "looks": [f"the token is {TOKEN}", {TOKEN: 1}, {TOKEN}, TOKEN.encode(), (1, TOKEN)],
    "tuple key": {(TOKEN, 1): 2},
}


def everything(data: bytes, rules: Masking) -> str:
    """All that can be asked about a value, as one text."""
    fields = {"find": {"text": "o"}, "find_in": {"text": "o"}}
    blobs = [data, create("1"), data]
    names = ANSWERS.keys() - UNMASKED - {"edit", "apply"}
    asked = [{"ask": name, "mask": rules.as_dict(), **fields.get(name, {})} for name in names]
    return json.dumps([answer(one, blobs)[0] for one in asked], ensure_ascii=False)


@pytest.mark.parametrize("name", NAMES["secret"])
def test_what_stands_under_a_secret_name_is_masked(name):
    assert read(pickle.dumps({name: HUNTER}), RULES).to_text() == f"{{{name!r}: {MASK}}}"


@pytest.mark.parametrize("name", NAMES["plain"])
def test_only_whole_words_count(name):
    assert not read(pickle.dumps({name: "x", "other": "secret"}), RULES).hides


@pytest.mark.parametrize(
    ("noun", "text"), [(n, each) for n, texts in TOKENS.items() for each in texts]
)
def test_a_token_of_a_known_kind_is_masked_wherever_it_stands(noun, text):
    assert token_format(f"use {text} please", EVERY_KIND) == noun
    (row,) = read(pickle.dumps(["a", {"b": text}]), RULES).find("b")
    assert (row.text, row.notes, row.raw) == (MASK, (f"masked: looks like {noun}",), None)


@pytest.mark.parametrize(
    "text",
    [
        "desk_live_abcdefghij",
        "see https://x.example/a:b@c",
        "eyJ",
        "SG.",
        "risk-proj-of-the-whole-team",
        "sk-learn is a library for learning",
    ],
)
def test_what_only_resembles_a_token_is_shown(text):
    assert token_format(text, EVERY_KIND) is None


@pytest.mark.parametrize("protocol", [0, 2, 4])
@pytest.mark.parametrize("kind", VALUES)
def test_no_answer_about_a_value_tells_a_secret(kind, protocol):
    data = pickle.dumps(VALUES[kind], protocol)
    told = everything(data, RULES)
    assert HUNTER not in told
    assert TOKEN not in told
    assert MASK in told
    assert read(data, RULES).hides


@pytest.mark.parametrize("data", [
    json.dumps({"password": HUNTER}).encode(),
    TOKEN.encode(),
    b"\x81\xa8password\xb0" + HUNTER.encode(),
])  # fmt: skip
def test_what_is_no_pickle_is_masked_too(data):
    told = everything(data, RULES)
    assert HUNTER not in told
    assert TOKEN not in told


def test_a_named_tuple_is_masked_where_its_names_are_stored_with_it():
    value = read(dill.dumps(Login("roger", HUNTER)), RULES)
    assert value.to_text().endswith(f"Login user='roger' password={MASK}>")


def test_a_value_whose_own_name_says_secret_is_masked_as_a_whole():
    data = pickle.dumps({"a": HUNTER})
    told = everything(data, Masking("github:token"))
    assert HUNTER not in told
    assert "'a'" not in told


def test_the_very_same_text_is_masked_under_another_name_too():
    text = "".join(["long", "-", HUNTER])
    value = read(pickle.dumps({"note": text, "config": {"password": text}, "short": "a"}), RULES)
    assert value.to_text() == f"{{'note': {MASK}, 'config': {{'password': {MASK}}}, 'short': 'a'}}"


def test_what_the_bot_does_unseen_tells_no_secret():
    # setattr('x', 'token', HUNTER), whose result is thrown away
    program = f"cbuiltins\nsetattr\n(S'x'\nS'token'\nS'{HUNTER}'\ntR0I1\n."
    (said,) = [one for one in read(program.encode(), RULES).findings if one.code == "hidden-call"]
    assert HUNTER not in str(said)
    assert "setattr" in str(said)


def test_bytes_that_still_hold_a_secret_are_not_to_be_shown():
    data = pickle.dumps({"a": 1})
    assert read(data + b"password=x", RULES).hides
    assert read(data[:-2] + b"password", RULES).hides
    assert not read(data, RULES).hides


def test_a_masked_field_is_replaced_without_being_revealed():
    value = read(pickle.dumps({"token": HUNTER, "n": 1}), RULES)
    (row,) = [row for row in value.outline().rows if row.path == "['token']"]
    assert (row.can_edit, row.edit_text, row.group, row.count) == (True, None, "masked", None)
    assert {"change", "remove"} <= set(row.actions)
    assert pickle.loads(value.edit(row.path, "'new'")) == {"token": "new", "n": 1}


@pytest.mark.parametrize(("value", "edit"), [
    ({"token": HUNTER}, Edit("rename", "['token']", key="'note'")),
    ([("token", HUNTER)], Edit("change", "[0][0]", "'note'")),
    ([["token", HUNTER]], Edit("change", "[0][0]", repr(TOKEN))),
    ([["token", HUNTER]], Edit("append", "[0]", "1")),
    ([["token", HUNTER]], Edit("move", "[0][0]", index=1)),
    ({"secret": {"a": HUNTER}, "b": 1}, Edit("change", "['secret']['a']", "'x'")),
])  # fmt: skip
def test_no_edit_shows_what_is_masked(value, edit):
    data = pickle.dumps(value)
    assert read(data).apply(edit)
    with pytest.raises(RefusedEdit, match=r"masked|nothing is at"):
        read(data, RULES).apply(edit)


def test_beside_what_is_masked_everything_can_be_edited():
    value = read(pickle.dumps({"token": HUNTER, "n": [1], "x": {"password": HUNTER}}), RULES)
    assert pickle.loads(value.apply(Edit("append", "['n']", "2")))["n"] == [1, 2]
    assert pickle.loads(value.apply(Edit("remove", "['x']"))) == {"token": HUNTER, "n": [1]}
    assert pickle.loads(value.apply(Edit("rename", "['n']", key="'m'")))["m"] == [1]


def test_what_holds_something_masked_cannot_be_edited_as_one_text():
    rows = read(pickle.dumps([{"token": HUNTER}, {"n": 1}]), RULES).outline().rows
    refused = {row.path for row in rows if row.refusal and "masked" in row.refusal}
    assert refused == {"", "[0]"}
    assert all(row.edit_text is None for row in rows if row.path in refused)


def test_a_path_to_beside_a_masked_key_leads_to_the_same_place():
    data = pickle.dumps({TOKEN: 1, f"{TOKEN}2": 2})
    paths = [row.path for row in read(data, RULES).outline().rows[1:]]
    assert pickle.loads(read(data).edit(paths[1], "3")) == {TOKEN: 1, f"{TOKEN}2": 3}


def test_a_difference_tells_that_a_secret_changed_but_not_what_it_is():
    (one,) = diff(pickle.dumps({"token": HUNTER}), pickle.dumps({"token": "other"}), RULES)
    assert (one.path, one.before, one.after) == ("['token']", MASK, MASK)
    assert not diff(pickle.dumps({"token": HUNTER}), pickle.dumps({"token": HUNTER}, 2), RULES)


def test_a_merge_puts_secrets_together_and_shows_none():
    base, theirs = ({"token": "a", "n": n, "more": {}} for n in (1, 2))
    mine = {"token": "b", "n": 1, "more": {"x": {"secret": HUNTER}}}
    together = merge(*map(pickle.dumps, (base, mine, theirs)), RULES)
    assert pickle.loads(together.merged) == {**mine, "n": 2}
    assert HUNTER not in json.dumps(together.as_dict())


def test_a_conflict_over_a_secret_shows_neither_side():
    sides = [pickle.dumps({"token": {"a": text}}) for text in ("1", HUNTER, f"{HUNTER}!")]
    together = merge(*sides, RULES)
    assert together.merged is None
    (one,) = together.conflicts
    assert (one.base, one.mine, one.theirs) == (MASK, MASK, MASK)


def test_a_search_does_not_find_what_is_masked():
    value = read(pickle.dumps({"token": HUNTER, "note": "hunter"}), RULES)
    assert [hit.path for hit in passages(value.root, "hunter")] == ["['note']"]


def test_words_can_be_added_and_taken_off_the_list():
    rules = Masking("settings", words=("licence",), spared=("token_count", "password"))
    value = read(pickle.dumps({"token_count": 1, "password": 2, "licences": 3, "token": 4}), rules)
    masked = {row.label for row in value.outline().rows if row.group == "masked"}
    assert masked == {"'licences'", "'token'"}


def test_rules_go_to_a_worker_and_back_as_json():
    rules = Masking("a:token", ("x",), ("y",))
    assert Masking.from_dict(json.loads(json.dumps(rules.as_dict()))) == rules


def test_each_value_of_a_question_has_its_own_rules():
    data = pickle.dumps({"token": HUNTER})
    texts = answer({"ask": "preview", "mask": [None, RULES.as_dict()]}, [data, data])[0]
    assert [HUNTER in each["text"] for each in texts] == [True, False]


def test_deep_and_cyclic_values_are_masked_as_well():
    field = b"}(\x8c\x05token\x8c\x07hunter2u"
    program = b"\x80\x04" + b"(" * 50_000 + field + b"t" * 50_000 + b"."
    value = read(program, RULES)
    assert value.hides
    assert "hunter2" not in value.to_text()
    cycle: dict = {"token": HUNTER}
    cycle["parent"] = {"password": cycle}
    assert HUNTER not in read(pickle.dumps(cycle), RULES).to_text()


def test_a_text_can_be_edited_where_rules_looked_and_found_nothing():
    value = read(pickle.dumps({"a": "a token of love", "b": "a longer text"}, 4), Masking("x"))
    assert pickle.loads(value.edit("['b']", "'new'")) == {"a": "a token of love", "b": "new"}


@pytest.mark.parametrize("name", ["to\u212aen", "pa\u017fsword", "pa\u00dfword"])
def test_a_letter_that_only_folds_to_an_english_one_hides_no_secret(name):
    assert "hunter" not in read(pickle.dumps({name: "hunter2"}, 4), Masking("x")).to_text()


def test_a_password_of_many_letters_that_are_not_english_is_seen_in_an_address():
    password = "\u0436" * 90
    address = f"https://anna:{password}@example.org/"
    assert "\u0436" not in read(pickle.dumps({"a": address}, 4), Masking("x")).to_text()


@pytest.mark.parametrize("text", ["V\\u0074oken\n", "S'\\x74oken'\n"])
def test_a_name_that_is_written_with_escapes_is_seen(text):
    value = read(b"(dp0\n" + text.encode() + b"Vhunter2\ns.", Masking("x"))
    assert "hunter2" not in value.to_text()
    assert value.hides


def test_nothing_is_told_of_what_is_twice_under_a_mask():
    inner = b"}(\x8c\x04anna\x8c\x01a\x8c\x04anna\x8c\x01bu"
    data = b"\x80\x04}\x8c\x05token" + inner + b"s."
    assert "anna" in str(read(data).findings)
    assert "anna" not in str(read(data, Masking("x")).findings)


def test_one_secret_name_among_many_is_found_wherever_it_stands():
    keys = [f"user{number}" for number in range(2000)]
    for place in (0, 511, 512, 1025, 1999):
        named = [*keys[:place], "api_key", *keys[place:]]
        value = read(pickle.dumps(dict.fromkeys(named, "hunter2"), 4), Masking("x"))
        text = value.to_text()
        assert "'api_key': ••••••••" in text


def test_a_key_that_is_a_token_is_masked_among_many_alike():
    rows = [{"name": "a", "xoxb-1234567890-abc": 1}, {"name": "b", "xoxb-1234567890-abc": 2}]
    assert "xoxb" not in read(pickle.dumps(rows, 4), Masking("x")).to_text()


NUMPY = {
    "texts": lambda np: np.array(["a", TOKEN]),
    "one text": lambda np: np.str_(TOKEN),
    "other order": lambda np: np.array([TOKEN], dtype=">U40"),
    "bytes": lambda np: np.array([b"x" * 26, TOKEN.encode()]),
    "far down": lambda np: np.array(["a"] * 500 + [TOKEN]),
    "side by side": lambda np: np.array(["x" * len(TOKEN), TOKEN]),
    "a field": lambda np: np.array([("u", HUNTER)], dtype=[("user", "U9"), ("password", "U20")]),
    "a record": lambda np: np.array([(HUNTER,)], dtype=[("password", "U20")])[0],
    "a field in a field": lambda np: np.array(
        [((HUNTER,),)], dtype=[("login", [("password", "U20")])]
    ),
    "many in a field": lambda np: np.array([([HUNTER],)], dtype=[("password", "U20", (1,))]),
    "json": lambda np: np.array([json.dumps({"password": HUNTER})]),
    "objects": lambda np: np.array([TOKEN, {"password": HUNTER}], dtype=object),
}


@pytest.mark.parametrize("protocol", [2, 4, 5])
@pytest.mark.parametrize("dumps", [pickle.dumps, dill.dumps])
@pytest.mark.parametrize("kind", NUMPY)
def test_no_answer_about_an_array_tells_a_secret(kind, dumps, protocol):
    numpy = pytest.importorskip("numpy")
    data = dumps({"a": NUMPY[kind](numpy), "n": 1}, protocol)
    told = everything(data, RULES)
    for secret in (HUNTER, TOKEN, *(text.encode(f"utf-{width}-{end}").decode("latin-1")
                                    for text in (HUNTER, TOKEN) for width in (16, 32)
                                    for end in ("le", "be"))):  # fmt: skip
        assert secret not in told
        assert json.dumps(repr(secret.encode("latin-1"))[2:-1])[1:-1] not in told
    assert MASK in told
    assert read(data, RULES).hides
    assert not passages(read(data, RULES).root, "xoxb-12345")


def test_an_array_without_a_secret_is_shown():
    numpy = pytest.importorskip("numpy")
    fields = numpy.array([("u", 3)], dtype=[("user", "U9"), ("posts", "i4")])
    value = read(pickle.dumps([numpy.array(["a token of love"]), fields]), RULES)
    assert not value.hides
    assert "a token of love" in value.to_text()


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-be", "utf-32-le"])
def test_a_text_in_two_or_four_bytes_a_letter_is_judged_as_a_text(codec):
    for text in (f"use {TOKEN}", json.dumps({"password": HUNTER})):
        value = read(pickle.dumps({"a": text.encode(codec)}), RULES)
        assert value.hides
        assert value.to_text() == f"{{'a': {MASK}}}"


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


def test_every_letter_that_reads_as_an_english_one_is_looked_at_closely():
    for number in range(128, sys.maxunicode + 1):
        letter = chr(number)
        if unicodedata.category(letter) in ("Cs", "Cn", "Co"):
            continue
        name = folded(f"toke{letter}")
        if name.isascii() and (name == "toke" or name[4:].isalpha()):
            assert RULES.may_name(f"toke{letter}".encode()), hex(number)
