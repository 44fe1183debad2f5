"""A stock Slack Machine bot that reads keys, and tells what reading them made it import.

    stock_reader.py <SQLite file> <plugin> <keys as JSON>

Prints as JSON the names that unpickling looked up, and the events of the interpreter that no value
may cause.
"""

# ruff: noqa: T201 - what it prints is its answer

import asyncio
import json
import sys
from typing import Any

import dill._dill  # so that importing dill itself is no event
from machine.storage import PluginStorage
from machine.storage.backends.sqlite import SQLiteStorage

HARMFUL = ("os.system", "subprocess.Popen", "os.exec", "os.posix_spawn", "os.fork", "exec", "open")
found: set[str] = set()
harmful: set[str] = set()
is_reading = False


def note(event: str, arguments: Any) -> None:
    if event == "pickle.find_class":
        found.add(".".join(arguments))
    elif is_reading and event in HARMFUL:
        harmful.add(event)


async def main(file: str, plugin: str, keys: str) -> None:
    global is_reading  # noqa: PLW0603 - a hook cannot be given anything
    backend = SQLiteStorage({"SQLITE_PATH": file})
    await backend.init()
    stored = {key: await backend.get(f"{plugin}:{key}") for key in json.loads(keys)}
    sys.addaudithook(note)
    storage = PluginStorage(plugin, backend)
    for key, data in stored.items():
        is_reading = True
        dill.loads(data)
        is_reading = False
        await storage.get(key)
    await backend.close()
    print(json.dumps({"found": sorted(found), "harmful": sorted(harmful)}))


asyncio.run(main(*sys.argv[1:]))
