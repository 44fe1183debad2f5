"""Runs in stock Slack Machine's environment: its `PluginStorage` sets a value again and again.

    stock_setter.py <backend class> <settings as JSON> <seconds>

Prints the seconds of each call, and how many failed, as JSON.
"""

# ruff: noqa: T201 - what it prints is its answer

import asyncio
import json
import sys
import time
from importlib import import_module
from typing import Any

from machine.storage import PluginStorage

REST = 0.001
VALUE = {f"user{number}": {"karma": number, "by": ["anna", "bob"]} for number in range(6)}


async def main(name: str, settings: str, seconds: str) -> None:
    module, _, cls = name.rpartition(".")
    store: Any = getattr(import_module(module), cls)(json.loads(settings))
    await store.init()
    storage = PluginStorage("acme.plugins.Stock", store)
    await storage.set("key", VALUE)
    took: list[float] = []
    errors = 0
    until = time.perf_counter() + float(seconds)
    while (started := time.perf_counter()) < until:
        try:
            await storage.set(f"key {len(took) % 100}", VALUE)
        except Exception:  # noqa: BLE001 - whatever it is, the bot was disturbed
            errors += 1
        took.append(time.perf_counter() - started)
        await asyncio.sleep(REST)
    await store.close()
    print(json.dumps({"took": took, "errors": errors}))


asyncio.run(main(*sys.argv[1:]))
