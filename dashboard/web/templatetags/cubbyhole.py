"""The template tags of the pages: icons, and text that is always visible."""

from functools import lru_cache

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide

from dashboard.web import wording
from dashboard.web.listing import KeyRow

register = template.Library()
register.filter("visible", wording.visible)


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, size: int = 16) -> SafeString:
    """A Lucide icon as inline SVG, hidden from screen readers: the words beside it say it all."""
    drawn = lucide(str(name), size=size, aria_hidden="true", focusable="false")
    return SafeString("".join(line.strip() for line in drawn.splitlines()))


@register.simple_tag
@lru_cache(maxsize=2048)
def key_row(row: KeyRow, *, is_plain: bool = False) -> SafeString:
    """A row of a list of keys. It depends on nothing but `row`, and most rows of a list that is got
    again are as they were.
    """
    html = get_template("components/key_row.html").render({"row": row, "is_plain": is_plain})
    return SafeString(html)
