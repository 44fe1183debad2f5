"""Short notes above the content: what was just done, and what went wrong."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest

from dashboard.web.responding import is_partial

__all__ = ["Notice", "bad", "careful", "good", "notices_of", "tell"]


@dataclass(frozen=True, slots=True)
class Notice:
    """One note: a tone (`good`, `warn`, `danger`), an icon, a bold beginning, and the rest."""

    tone: str
    icon: str
    title: str
    text: str = ""


def good(title: str, text: str = "") -> Notice:
    """Something was done."""
    return Notice("good", "check", title, text)


def careful(title: str, text: str = "") -> Notice:
    """Something to look at before going on."""
    return Notice("warn", "triangle-alert", title, text)


def bad(title: str, text: str = "") -> Notice:
    """Something that was not done."""
    return Notice("danger", "circle-x", title, text)


def tell(request: HttpRequest, text: str) -> None:
    """Say `text` on the page that comes after a change."""
    messages.success(request, text)


def notices_of(request: HttpRequest) -> list[Notice]:
    """What earlier requests left to say; said once, by the whole page and not by a part of it."""
    if is_partial(request):
        return []
    return [good(str(message)) for message in messages.get_messages(request)]
