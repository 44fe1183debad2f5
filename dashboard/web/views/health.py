"""For load balancers and supervisors: is the process alive, and is everything it needs there?

Both answer anyone, so they tell states and counts, never names.
"""

import asyncio
from collections import Counter

from channels.layers import get_channel_layer
from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from dashboard import stores

__all__ = ["healthz", "readyz"]

PATIENCE = 2.0  # seconds


@login_not_required
@require_safe
async def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
async def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view
    """The database, the channel layer and every store answer; 503 while one of them does not."""
    states = Counter(store.status.state for store in stores.all_stores())
    database, layer = await asyncio.gather(database_answers(), layer_answers())
    is_ready = database and layer and set(states) <= {"up"}
    return JsonResponse(
        {"ready": is_ready, "database": database, "channel_layer": layer, "stores": states},
        status=200 if is_ready else 503,
    )


async def database_answers() -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            await Session.objects.filter(pk="").aexists()
    except (DatabaseError, TimeoutError):
        return False
    return True


async def layer_answers() -> bool:
    layer = get_channel_layer()
    if layer is None:
        return False
    try:
        async with asyncio.timeout(PATIENCE):
            await layer.group_send("cubbyhole-ready", {"type": "ready"})
    except (OSError, TimeoutError):
        return False
    return True
