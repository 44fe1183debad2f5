"""The dashboard's addresses, and three more in the same process, behind the same middleware.

`/bench/floor/?of=ADDRESS` is the least that a page can cost: it renders again what the page at
that address rendered last, from the same context, and asks nothing and nobody. `/bench/process/`
tells about the process.
"""

import time
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import get_template
from django.urls import path

from dashboard.marks import hub, namespace_topic
from dashboard.urls import handler403, handler404, handler500
from dashboard.urls import urlpatterns as own
from dashboard.web import responding
from tests.bench.holds import Holds
from tests.bench.processes import computing, resident

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]

rendered: dict[str, tuple[Any, dict[str, Any]]] = {}
"""By address: the template and the context of the last answer."""
holds = Holds()


class Remembered:
    """A template that remembers what it was rendered from."""

    def __init__(self, template: Any) -> None:
        self.template = template

    def render(self, context: dict[str, Any], request: HttpRequest) -> str:
        rendered[request.get_full_path()] = self.template, dict(context)
        html: str = self.template.render(context, request)
        return html


async def floor(request: HttpRequest) -> HttpResponse:
    template, context = rendered[request.GET["of"]]
    return HttpResponse(template.render(dict(context), request))


@login_not_required
async def process(request: HttpRequest) -> HttpResponse:
    """The longest holds of the event loop since it was asked with `again`, and the time computed
    in all, in seconds; and the memory in bytes.
    """
    if not holds.is_open:
        await holds.__aenter__()
    told = {
        "wall": holds.wall,
        "busy": holds.busy,
        "computing": computing(),
        "resident": resident(),
    }
    if "again" in request.GET:
        holds.reset()
    return JsonResponse(told)


async def mark(request: HttpRequest) -> HttpResponse:
    """Mark a namespace's list; when that began, by the clock that all processes share."""
    topic = namespace_topic(request.GET["store"], request.GET["ns"])
    at = time.perf_counter()
    hub().mark(topic)
    return JsonResponse({"at": at})


responding.get_template = lambda name: Remembered(get_template(name))  # type: ignore[assignment]
urlpatterns = [
    path("bench/floor/", floor, name="bench-floor"),
    path("bench/mark/", mark, name="bench-mark"),
    path("bench/process/", process, name="bench-process"),
    *own,
]
