"""Runs in stock Slack Machine's environment: its real `PluginStorage` over a named backend.

    stock_bot.py write|read|race <backend class> <settings as JSON>

`write` stores the values of `plain_values`; `read` prints for which of them `get` is wrong; `race`
lets two tasks read their own key 200 times and prints how many answers were right.
"""

# ruff: noqa: T201 - what it prints is its answer

import asyncio
import datetime as dt
import json
import sys
from importlib import import_module
from typing import Any

from machine.storage import PluginStorage
from plain_values import VALUES


def backend(name: str, settings: dict[str, Any]) -> Any:
    module, _, cls = name.rpartition(".")
    return getattr(import_module(module), cls)(settings)


async def write(storage: PluginStorage) -> None:
    for key, value in VALUES.items():
        await storage.set(key, value)
    await storage.set("shared:key", {"by": "stock"}, shared=True)
    await storage.set("expiring", "soon", expires=3600)
    await storage.set("expiring by timedelta", "soon", expires=dt.timedelta(hours=1))
    await storage.set("deleted", 1)
    await storage.delete("deleted")


async def read(storage: PluginStorage) -> None:
    wrong = [key for key, value in VALUES.items() if await storage.get(key) != value]
    unknown = [key for key in VALUES if not await storage.has(key)]
    shared = await storage.get("shared:key", shared=True)
    gone = await storage.has("deleted")
    print(json.dumps({"wrong": wrong, "unknown": unknown, "shared": shared, "gone": gone}))


async def race(store: Any) -> None:
    await store.set("a", b"value of a")
    await store.set("b", b"value of b")

    async def right(key: str) -> int:
        answers = []
        for _ in range(200):
            try:
                answers.append(await store.get(key))
            except Exception:  # noqa: BLE001 - any failure is one answer that was not right
                answers.append(None)
        return answers.count(f"value of {key}".encode())

    print(json.dumps(sum(await asyncio.gather(right("a"), right("b")))))


async def main(work: str, name: str, settings: str) -> None:
    store = backend(name, json.loads(settings))
    await store.init()
    if work == "race":
        await race(store)
    else:
        storage = PluginStorage("acme.plugins.Example", store)
        await {"write": write, "read": read}[work](storage)
    await store.close()


asyncio.run(main(*sys.argv[1:]))
