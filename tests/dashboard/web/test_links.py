"""Every key opens by its link, whatever bytes are in it."""

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from dashboard.web import links
from storage_core.keys import key_from_bytes


def opened(address: str) -> dict[str, str]:
    return links.asked_all(RequestFactory().get(address))


@given(st.binary(min_size=1, max_size=40))
def test_a_link_leads_back_to_its_key_byte_for_byte(raw):
    key = key_from_bytes(raw)
    address = links.key_url("prod", key)
    assert opened(address) == {"key": key}
    assert address.isascii()


def test_a_link_stays_readable_where_it_can():
    address = links.key_url("prod", "my.plugin.package.MyPlugin:my-key")
    assert address == "/prod/key/?key=my.plugin.package.MyPlugin:my-key"


@pytest.mark.parametrize("key", ["a&b=c", "a+b c", "a#b", "?key=x", "a%2Fb", "../../etc", "\x00"])
def test_characters_with_a_meaning_in_addresses_lose_it(key):
    assert opened(links.key_url("prod", key, path="['x']")) == {"key": key, "path": "['x']"}


def test_an_address_with_too_many_parameters_asks_for_nothing():
    assert opened("/?" + "&".join(f"a{n}=1" for n in range(100))) == {}


def test_ids_never_hold_a_raw_name():
    assert links.mark_of('"><script>').isalnum()
