"""The bot's PLUGINS as they are given, and which namespaces belong to them."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from dashboard.configuration import parse_plugins, webhook_url, yes_or_no
from dashboard.findings.plugins import Plugins, plugins_of


def test_plugins_are_given_for_each_store():
    assert parse_plugins("prod=acme.karma+acme.polls.Polls, test=acme.karma, empty=") == {
        "prod": ("acme.karma", "acme.polls.Polls"),
        "test": ("acme.karma",),
        "empty": (),
    }


@pytest.mark.parametrize("text", ["acme.karma", "=acme.karma", "prod=acme karma", "prod=acme..x"])
def test_what_names_no_store_or_no_plugin_is_refused(text):
    with pytest.raises(ImproperlyConfigured, match="CUBBYHOLE_PLUGINS"):
        parse_plugins(text)


def test_a_webhook_is_a_web_address():
    assert webhook_url("") == ""
    assert webhook_url("https://hooks.example.org/1") == "https://hooks.example.org/1"
    with pytest.raises(ImproperlyConfigured, match="CUBBYHOLE_WEBHOOK_URL"):
        webhook_url("file:///etc/passwd")


@pytest.mark.parametrize(
    ("namespace", "belongs"),
    [
        ("acme.karma.Karma", True),
        ("acme.polls.Polls", True),
        ("acme.polls.Other", False),
        ("acme.karma2.Karma", False),
        ("acme.karma.deep.Karma", False),
    ],
)
def test_a_namespace_belongs_to_a_module_or_class_of_the_bot(namespace, belongs):
    assert Plugins(("acme.karma", "acme.polls.Polls")).has(namespace) is belongs


def test_a_store_that_nobody_spoke_of_has_unknown_plugins(settings):
    settings.CUBBYHOLE_PLUGINS = {"prod": ()}
    assert plugins_of("prod") == Plugins(())
    assert plugins_of("test") is None


def test_whether_values_may_be_posted_is_yes_or_no():
    assert yes_or_no("CUBBYHOLE_WEBHOOK_VALUES", "yes")
    assert not yes_or_no("CUBBYHOLE_WEBHOOK_VALUES", "no")
    with pytest.raises(ImproperlyConfigured, match="CUBBYHOLE_WEBHOOK_VALUES has to be yes or no"):
        yes_or_no("CUBBYHOLE_WEBHOOK_VALUES", "names")
