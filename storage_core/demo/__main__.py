"""Run the demo bot on a store until the process is stopped."""

import argparse
import asyncio
import random
import signal
import sys
from contextlib import suppress

from storage_core.demo.plugins import PLUGINS
from storage_core.exceptions import StorageError
from storage_core.opening import open_storage
from storage_core.plugin_storage import PluginStorage


async def run(url: str, *, writes_a_second: float, stop: asyncio.Event) -> None:
    """Let the plugins act by chance, a few times a second, until `stop` is set."""
    chance = random.Random()  # noqa: S311 - a demo, no secrets
    async with open_storage(url) as backend:
        plugins = [kind(PluginStorage(kind.name, backend), chance) for kind, _ in PLUGINS]
        weights = [weight for _, weight in PLUGINS]
        for plugin in plugins:
            await plugin.start()
        while not stop.is_set():
            await chance.choices(plugins, weights)[0].act()
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), chance.expovariate(writes_a_second))


async def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m storage_core.demo", description=__doc__)
    parser.add_argument("url", help="the store to write to, such as sqlite:///demo.db?create=1")
    parser.add_argument("--rate", type=float, default=4, help="writes a second (4)")
    parser.add_argument(
        "--until-input-ends",
        action="store_true",
        help="stop when standard input is closed, as it is when the starting process ends",
    )
    arguments = parser.parse_args()
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if arguments.until_input_ends:
        loop.add_reader(sys.stdin.fileno(), stop.set)
    try:
        await run(arguments.url, writes_a_second=arguments.rate, stop=stop)
    except StorageError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
