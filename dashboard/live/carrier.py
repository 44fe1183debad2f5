"""Takes what waits in the outboxes of this process to their sockets, all that is due in one go.

A task, a timer and a turn of the loop for each of a thousand sockets would cost several times what
the sending does.
"""

import asyncio
import types
from collections.abc import Coroutine, Generator
from typing import Any, Protocol
from weakref import WeakKeyDictionary

__all__ = ["Carrier", "Waiting", "begun", "carrier", "rest_of"]

AT_ONCE = 200
"""Sockets that are told before others get their turn: a few milliseconds."""


class Waiting(Protocol):
    """An outbox with something in it. `rests_until` is in the loop's time."""

    rests_until: float

    def send(self) -> None:
        """Send what is in it. Cheap and never raising."""


class Carrier:
    """Knows which outboxes have something to send, and when the next of them may."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        # In the order in which they came; a dict, because a set has none.
        self.waiting: dict[Waiting, None] = {}
        self.timer: asyncio.Handle | None = None
        self.goes_at = float("inf")

    def fetch(self, outbox: Waiting) -> None:
        """An outbox has something to send, at the end of this turn of the loop or after its rest.

        Not at once: what else is marked in this turn goes with it.
        """
        self.waiting[outbox] = None
        if outbox.rests_until < self.goes_at:
            self.go_at(outbox.rests_until)

    def forget(self, outbox: Waiting) -> None:
        self.waiting.pop(outbox, None)

    def go_at(self, moment: float) -> None:
        if self.timer is not None:
            self.timer.cancel()
        self.goes_at = moment
        is_now = moment <= self.loop.time()
        self.timer = self.loop.call_soon(self.go) if is_now else self.loop.call_at(moment, self.go)

    def go(self) -> None:
        """Send from those that do not rest, and come again for the others."""
        self.timer, self.goes_at = None, float("inf")
        now = self.loop.time()
        due = [outbox for outbox in self.waiting if outbox.rests_until <= now]
        for outbox in due[:AT_ONCE]:
            del self.waiting[outbox]
            outbox.send()
        if self.waiting:
            self.go_at(min(outbox.rests_until for outbox in self.waiting))


carriers: WeakKeyDictionary[asyncio.AbstractEventLoop, Carrier] = WeakKeyDictionary()


def carrier() -> Carrier:
    """The carrier of the running event loop."""
    loop = asyncio.get_running_loop()
    found = carriers.get(loop)
    if found is None:
        found = carriers[loop] = Carrier(loop)
    return found


# --- sending without a task, as Python 3.12 does with eager ones


def begun(sending: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine up to where it first waits. What it waits for; None if it is done.

    Raises what it raises.
    """
    try:
        return sending.send(None)
    except StopIteration:
        return None


@types.coroutine
def rest_of(sending: Coroutine[Any, Any, Any], waits_for: Any) -> Generator[Any, Any, None]:
    """The rest of a coroutine that has `begun`, to be awaited in a task."""
    try:
        while True:
            try:
                answer = yield waits_for
            except BaseException as error:  # noqa: BLE001 - cancelled, most often: it is its own
                waits_for = sending.throw(error)
            else:
                waits_for = sending.send(answer)
    except StopIteration:
        return
