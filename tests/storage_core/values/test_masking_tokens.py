"""What looks like a token of a known kind is masked, in whatever text it stands."""

import json
import pickle

import pytest

from storage_core.values import Masking, read
from storage_core.values.masking import MASK
from storage_core.values.tokens import EVERY_KIND, token_format
from tests.storage_core.values.masked import HUNTER, RULES, TOKEN

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


def test_a_key_that_is_a_token_is_masked_among_many_alike():
    rows = [{"name": "a", "xoxb-1234567890-abc": 1}, {"name": "b", "xoxb-1234567890-abc": 2}]
    assert "xoxb" not in read(pickle.dumps(rows, 4), Masking("x")).to_text()


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-be", "utf-32-le"])
def test_a_text_in_two_or_four_bytes_a_letter_is_judged_as_a_text(codec):
    for text in (f"use {TOKEN}", json.dumps({"password": HUNTER})):
        value = read(pickle.dumps({"a": text.encode(codec)}), RULES)
        assert value.hides
        assert value.to_text() == f"{{'a': {MASK}}}"


def test_a_password_of_many_letters_that_are_not_english_is_seen_in_an_address():
    password = "\u0436" * 90
    address = f"https://anna:{password}@example.org/"
    assert "\u0436" not in read(pickle.dumps({"a": address}, 4), Masking("x")).to_text()
