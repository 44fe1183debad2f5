"""The dashboard's addresses, and three more in the same process, behind the same middleware.

`/bench/floor/?of=ADDRESS` is the least that a page can cost: it renders again what the page at
that address rendered last, from the same context, and asks nothing and nobody. `/bench/process/`
tells about the process.
"""

import asyncio
import time
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import get_template
from django.urls import path

from dashboard import catalog
from dashboard.marks import hub, namespace_topic
from dashboard.urls import handler403, handler404, handler500
from dashboard.urls import urlpatterns as own
from dashboard.web import responding
from tests.bench.holds import Holds
from tests.bench.processes import computing, peak, resident

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]

rendered: dict[str, tuple[Any, dict[str, Any]]] = {}
"""By address: the template and the context of the last answer."""
holds = Holds()
marked_at: list[float] = []
ANSWERED_SECONDS = 0.1


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
    in all, in seconds; the memory in bytes; and when the store `prod` was last read to its end.
    """
    if not holds.is_open:
        await holds.__aenter__()
    told = {
        "wall": holds.wall,
        "busy": holds.busy,
        "computing": computing(),
        "resident": resident(),
        "peak": peak(),
        "read": catalog.of("prod").progress.finished_at,
    }
    if "again" in request.GET:
        holds.reset()
    return JsonResponse(told)


async def mark(request: HttpRequest) -> HttpResponse:
    """Mark a namespace's list when this has been answered, as the feed would: between requests.
    Without a store: when that began, by the clock that all processes share.
    """
    if "store" not in request.GET:
        return JsonResponse({"at": marked_at[-1]})
    topic = namespace_topic(request.GET["store"], request.GET["ns"])

    def now() -> None:
        marked_at.append(time.perf_counter())
        hub().mark(topic)

    asyncio.get_running_loop().call_later(ANSWERED_SECONDS, now)
    return JsonResponse({})


responding.get_template = lambda name: Remembered(get_template(name))  # type: ignore[assignment]
urlpatterns = [
    path("bench/floor/", floor, name="bench-floor"),
    path("bench/mark/", mark, name="bench-mark"),
    path("bench/process/", process, name="bench-process"),
    *own,
]
