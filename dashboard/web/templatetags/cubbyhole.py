"""The template tags of the pages: icons, and text that is always visible."""

from functools import lru_cache

from django import template
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide

from dashboard.web import wording

register = template.Library()
register.filter("visible", wording.visible)


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, size: int = 16) -> SafeString:
    """A Lucide icon as inline SVG, hidden from screen readers: the words beside it say it all."""
    drawn = lucide(str(name), size=size, aria_hidden="true", focusable="false")
    return SafeString("".join(line.strip() for line in drawn.splitlines()))
