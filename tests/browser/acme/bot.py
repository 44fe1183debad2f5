"""A bot in a process of its own: `python -m acme.bot STORE_URL`, told by lines of JSON what to do.

It reads and writes through `PluginStorage`, as a bot's plugins do, and answers each line.
"""

import ast
import asyncio
import json
import sys
from typing import Any

from acme.bot_name import PLUGIN
from acme.tickets import Ticket

from storage_core import PluginStorage, open_storage


async def act(plugin: PluginStorage, do: str, key: str, **given: Any) -> Any:
    """Do one thing and say what is there now."""
    if do == "set":
        value = ast.literal_eval(given.pop("value"))
        await plugin.set(key, value, **given)
    elif do == "delete":
        await plugin.delete(key, **given)
    elif do == "open ticket":
        await plugin.set(key, Ticket(given["title"], given["number"]))
    elif do == "close ticket":
        ticket = await plugin.get(key)
        ticket.status = "closed"
        await plugin.set(key, ticket)
    return repr(await plugin.get(key, **{k: v for k, v in given.items() if k == "shared"}))


async def main(url: str) -> None:
    async with open_storage(url) as backend:
        plugin = PluginStorage(PLUGIN, backend)
        for line in sys.stdin:
            sys.stdout.write(json.dumps(await act(plugin, **json.loads(line))) + "\n")
            sys.stdout.flush()


asyncio.run(main(sys.argv[1]))
