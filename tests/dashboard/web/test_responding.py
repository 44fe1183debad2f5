"""Page or partial."""

import pytest
from django.test import RequestFactory

from dashboard.web.responding import is_partial, respond, send_to

HTMX = {"HX-Request": "true"}


def asking(**headers: str):
    return RequestFactory().get("/", headers=headers)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, False),
        (HTMX, True),
        (HTMX | {"HX-Boosted": "true"}, False),
        (HTMX | {"HX-History-Restore-Request": "true"}, False),
    ],
)
def test_a_visit_a_boosted_link_and_back_show_the_whole_page(headers, expected):
    assert is_partial(asking(**headers)) is expected


def test_a_page_that_holds_a_lone_surrogate_still_encodes():
    context = {"title": "\ud800", "said": "x", "more": "y", "back": "/", "back_title": "z"}
    assert b"\\ud800" in respond(asking(), "error.html", context).content


def test_after_a_change_htmx_is_sent_on_by_a_header_and_others_by_a_redirect():
    assert send_to(asking(), "/x")["Location"] == "/x"
    assert send_to(asking(**HTMX), "/x")["HX-Redirect"] == "/x"
