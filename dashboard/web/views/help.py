"""Help: short pages in plain words, for anybody who is signed in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard.access import ROLES, Verb
from dashboard.web import links
from dashboard.web.guide import TOPICS, topic_named
from dashboard.web.responding import respond
from dashboard.web.visits import NotHere, enter

__all__ = ["help_index", "help_topic"]


@require_safe
async def help_index(request: HttpRequest) -> HttpResponse:
    """What there is to read."""
    visit = await enter(request)
    return respond(request, "help_index.html", visit.context() | {"topics": TOPICS})


@require_safe
async def help_topic(request: HttpRequest, topic: str) -> HttpResponse:
    """One page of it."""
    visit = await enter(request)
    found = topic_named(topic)
    if found is None:
        raise NotHere(f"help about {topic}", links.url("help-index"), "Help")
    at = TOPICS.index(found)
    context = visit.context() | {
        "topics": TOPICS,
        "topic": found,
        "text": f"help/{found.name}.html",
        "next": TOPICS[at + 1] if at + 1 < len(TOPICS) else None,
        "roles": roles_in_words() if found.name == "roles" else [],
    }
    return respond(request, "help_topic.html", context)


def roles_in_words() -> list[dict[str, Any]]:
    """The roles that can be given, from the least to the most."""
    return [
        {
            "label": role.label,
            "about": role.about,
            "verbs": ", ".join(verb for verb in Verb if verb in role.verbs),
        }
        for role in ROLES.values()
    ]
