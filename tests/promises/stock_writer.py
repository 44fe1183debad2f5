"""A stock Slack Machine bot that reads, changes and writes the same values again and again.

    stock_writer.py <backend class> <settings as JSON> <how many keys> <name>

Runs in stock Slack Machine's environment until its input ends. Each write puts a mark into the
value that no other write has. What fails is given up. It prints the marks of the writes that were
acknowledged, as JSON; after the first round it prints a line that says so.
"""

# ruff: noqa: T201 - what it prints is its answer

import asyncio
import json
import sys
import threading
from importlib import import_module
from typing import Any

from machine.storage import PluginStorage

PLUGIN = "acme.plugins.karma.Karma"
REST = 0.004
PATIENCE = 3.0


def backend(name: str, settings: dict[str, Any]) -> Any:
    module, _, cls = name.rpartition(".")
    return getattr(import_module(module), cls)(settings)


async def write(storage: PluginStorage, key: str, mark: str) -> None:
    """Read, change and write one value, as a plugin does."""
    value = await storage.get(key) or {"count": 0, "mark": "", "note": ""}
    await storage.set(key, {**value, "count": value["count"] + 1, "mark": mark})


async def main(name: str, settings: str, keys: str, who: str) -> None:
    store = backend(name, json.loads(settings))
    await store.init()
    storage = PluginStorage(PLUGIN, store)
    is_over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), is_over.set()), daemon=True).start()
    marks: list[str] = []
    number = 0
    while not is_over.is_set():
        mark = f"{who}-{number}"
        try:
            async with asyncio.timeout(PATIENCE):
                await write(storage, f"key-{number % int(keys)}", mark)
            marks.append(mark)
        except Exception as error:  # noqa: BLE001 - the store is paused and killed beside it
            print(f"{mark}: {error!r}", file=sys.stderr)
        number += 1
        if number == int(keys):
            print("begun", flush=True)
        await asyncio.sleep(REST)
    await store.close()
    print(json.dumps(marks))


asyncio.run(main(*sys.argv[1:]))
