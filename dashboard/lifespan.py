"""The server's lifespan: watchers start before the first request and stop after the last.

The messages are those of the ASGI lifespan specification, version 2.0.
"""

import gc
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from functools import partial

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope
from django.conf import settings
from django.utils import timezone

from dashboard import audit, findings, history, operations, reading, seeking, tripwire, watching
from dashboard.chores import again_and_again, going_on
from dashboard.configuration import refuse_several_processes
from dashboard.journal.presence import present
from dashboard.journal.retention import keep_pruned

__all__ = ["Lifespan"]

log = logging.getLogger(__name__)


RECONCILE_EVERY = 15.0  # seconds


@asynccontextmanager
async def running() -> AsyncIterator[None]:
    """Everything that runs beside the requests of one web process."""
    refuse_several_processes(settings.CHANNEL_LAYERS)
    tripwire.arm()
    # What was imported stays for good. Looking through it for garbage holds the loop for 30 ms.
    gc.collect()
    gc.freeze()
    async with AsyncExitStack() as parts:
        is_alone = parts.enter_context(present())
        ended_before = timezone.now() if is_alone else None
        for part in (reading, watching, findings, audit, history, seeking):
            await parts.enter_async_context(part.run())
        work = {"reconciling": keep_reconciled(ended_before), "pruning the journal": keep_pruned()}
        await parts.enter_async_context(going_on(work))
        yield


async def keep_reconciled(ended_before: datetime | None) -> None:
    """Settle abandoned journal entries, now and again.

    Whoever made an entry before the moment `ended_before` has ended; None where that is not known.
    """
    reconcile = partial(operations.reconcile, ended_before)
    complaint = "The journal could not be reconciled; trying again."
    await again_and_again(reconcile, RECONCILE_EVERY, complaint)


class Lifespan:
    """An ASGI application for the `lifespan` scope."""

    async def __call__(
        self,
        scope: Scope,  # noqa: ARG002 - part of the ASGI signature
        receive: ASGIReceiveCallable,
        send: ASGISendCallable,
    ) -> None:
        async with AsyncExitStack() as stack:
            while True:
                message = await receive()
                if message["type"] == "lifespan.startup":
                    try:
                        await stack.enter_async_context(running())
                    except Exception as error:
                        log.exception("The watchers could not be started.")
                        await send({"type": "lifespan.startup.failed", "message": str(error)})
                        return
                    await send({"type": "lifespan.startup.complete"})
                elif message["type"] == "lifespan.shutdown":
                    await stack.aclose()
                    await send({"type": "lifespan.shutdown.complete"})
                    return
