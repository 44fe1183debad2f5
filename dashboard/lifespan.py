"""The server's lifespan: watchers start before the first request and stop after the last.

The messages are those of the ASGI lifespan specification, version 2.0.
"""

import logging
from contextlib import AsyncExitStack
from typing import Any

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable

from dashboard import watching

__all__ = ["Lifespan"]

log = logging.getLogger(__name__)


class Lifespan:
    """An ASGI application for the `lifespan` scope."""

    async def __call__(
        self, scope: dict[str, Any], receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        async with AsyncExitStack() as stack:
            while True:
                message = await receive()
                if message["type"] == "lifespan.startup":
                    try:
                        await stack.enter_async_context(watching.run())
                    except Exception as error:
                        log.exception("The watchers could not be started.")
                        await send({"type": "lifespan.startup.failed", "message": str(error)})
                        return
                    await send({"type": "lifespan.startup.complete"})
                elif message["type"] == "lifespan.shutdown":
                    await stack.aclose()
                    await send({"type": "lifespan.shutdown.complete"})
                    return
