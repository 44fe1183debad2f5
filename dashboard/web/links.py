"""Links to keys and back: the one place where a key's name becomes part of an address.

A stored key is bytes that are mostly, not always, UTF-8. In a query string it is percent-encoded
byte for byte; Django's own parser would replace what is no UTF-8, so the query is parsed here too.
"""

import hashlib
from functools import lru_cache
from urllib.parse import parse_qsl, quote

from django.http import HttpRequest
from django.urls import reverse

from storage_core.keys import KeyRef, key_to_bytes

__all__ = ["asked", "asked_all", "home_of", "key_url", "mark_of", "namespace_url", "parsed", "url"]

# Characters that stay readable in a query string without a second meaning there.
READABLE = ":/@,"
MOST_PARAMETERS = 64
REMEMBERED = 300
"""Characters of a name up to which it is remembered how an address spells it."""


def url(name: str, *args: str, **query: str | int | None) -> str:
    """The address of a page; parameters that are None are left out."""
    given = "&".join(
        [f"{key}={quoted(value)}" for key, value in query.items() if value is not None]
    )
    path = path_of(name, *args)
    return f"{path}?{given}" if given else path


@lru_cache(maxsize=1024)
def path_of(name: str, *args: str) -> str:
    """A page's path. A list has some hundred links, and few different paths."""
    return reverse(name, args=args)


def quoted(value: str | int) -> str:
    text = str(value)
    return quoted_once(text) if len(text) <= REMEMBERED else spelled(text)


def spelled(text: str) -> str:
    return quote(text, safe=READABLE, errors="surrogateescape")


quoted_once = lru_cache(maxsize=2048)(spelled)
"""On a page the same few names stand in some hundred addresses."""


def key_url(store: str, stored_key: str, name: str = "key", **query: str | int | None) -> str:
    """The address of a page about one key, `key` being the value's own page."""
    return url(name, store, key=stored_key, **query)


def namespace_url(store: str, namespace: str | None, **query: str | int | None) -> str:
    """The address of a list of keys: of a plugin, or the shared ones."""
    if namespace is None:
        return url("shared", store, **query)
    return url("namespace", store, ns=namespace, **query)


def home_of(store: str, stored_key: str) -> str:
    """The address of the list that a key is in."""
    return namespace_url(store, KeyRef.parse(stored_key).namespace)


def parsed(query: str) -> dict[str, str]:
    """The parameters of a query string, byte for byte; the first wins where one is given twice."""
    try:
        pairs = parse_qsl(
            query,
            keep_blank_values=True,
            errors="surrogateescape",
            max_num_fields=MOST_PARAMETERS,
        )
    except ValueError:  # more parameters than any page of ours has
        return {}
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found


def asked_all(request: HttpRequest) -> dict[str, str]:
    """The request's query parameters, as `parsed`."""
    return parsed(request.META.get("QUERY_STRING", ""))


def asked(request: HttpRequest, name: str, default: str = "") -> str:
    """One query parameter, byte for byte."""
    return asked_all(request).get(name, default)


def mark_of(text: str) -> str:
    """A short digest that stands for a name in element ids, where raw names must not go."""
    return hashlib.blake2b(key_to_bytes(text), digest_size=9).hexdigest()
