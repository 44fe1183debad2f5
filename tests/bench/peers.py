"""The web tools that people use for Redis today, on the same data, asked the same questions.

Where node is present: redis-commander, and the server of p3x-redis-ui, from npm, in versions that
are written down here. RedisInsight is not on npm.
"""

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from tests.bench.catalog import ROOT, filled
from tests.bench.keyspace import NAMESPACES, NEEDLE
from tests.bench.pages import LIST
from tests.bench.scale import Scale
from tests.bench.served import served
from tests.bench.table import Row, printed, times_as_fast
from tests.redis_server import RedisServer, free_port

__all__ = ["run"]

MS: Final = 1e3
PATIENCE: Final = 300
ASKED: Final = 3
FOLDER: Final = ROOT / ".cubbyhole" / "peers"
PACKAGES: Final = {
    "private": True,
    "dependencies": {
        "redis-commander": "0.9.0",
        "p3x-redis-ui-server": "2026.10.100",
        "socket.io-client": "4.8.3",  # how p3x's pages talk to its server
    },
    # It asks for a version of this that was never published.
    "overrides": {"corifeus-utils": "2026.4.135"},
}
P3X_SHOWS: Final = 10_000
"""Keys that p3x loads unless it is told otherwise."""


def run(scale: Scale) -> None:
    """Print the table, or a sentence where node is missing."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        printed("peers: node and npm are not here, so nothing was measured", [])
        return
    install()
    keys = max(scale.sizes)
    with filled(keys) as server:
        ours = our_times(server)
        commander, counted = commander_times(node, server)
        p3x = p3x_times(node, server)
    printed(
        f"peers: {keys:,} keys in {NAMESPACES} namespaces, the best of {ASKED}",
        [
            row("namespaces with counts: redis-commander", commander["counts"], ours["counts"]),
            Row("namespaces that it found", counted, NAMESPACES, None),
            row(f"the first {P3X_SHOWS:,} keys: p3x-redis-ui", p3x["keys"], ours["keys"]),
            row("a rare text: redis-commander", commander["text"], ours["text"]),
            row("a rare text: p3x-redis-ui", p3x["text"], ours["text"]),
        ],
    )


def row(work: str, theirs: float, ours: float) -> Row:
    return Row(work, theirs * MS, ours * MS, times_as_fast(1), "ms")


def install() -> None:
    """Have the peers in `.cubbyhole/peers`; nothing that they bring is run while installing."""
    wanted = json.dumps(PACKAGES, indent=2)
    manifest, stamp = FOLDER / "package.json", FOLDER / "installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    manifest.write_text(wanted)
    subprocess.run(
        ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"],
        cwd=FOLDER,
        check=True,
        timeout=PATIENCE,
    )
    stamp.write_text(wanted)


def our_times(server: RedisServer) -> dict[str, float]:
    """Whole pages of ours, signed in, once the store has been read."""
    addresses = {"counts": "/prod/", "keys": LIST, "text": f"/prod/?q={NEEDLE}"}
    with served(prod=server.url) as client:
        return {
            name: min(client.get(address).seconds for _ in range(ASKED))
            for name, address in addresses.items()
        }


@contextmanager
def started(command: list[str], port: int, folder: Path) -> Iterator[None]:
    """A peer's server, once something listens on its port."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + PATIENCE
        while not answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((folder / "log").read_text())
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
    except OSError:
        return False
    finally:
        connection.close()
    return True


def commander_times(node: str, server: RedisServer) -> tuple[dict[str, float], int]:
    """What its page asks its server for; the seconds, and how many namespaces it found."""
    port = free_port()
    program = FOLDER / "node_modules" / "redis-commander" / "bin" / "redis-commander.js"
    command = [node, str(program), "--redis-host", "127.0.0.1", "--redis-port", str(server.port)]
    command += ["--address", "127.0.0.1", "--port", str(port), "--noload", "--nosave"]
    with tempfile.TemporaryDirectory() as folder, started(command, port, Path(folder)):
        (connection,) = told(port, "/connections")[1]["connections"]
        place = quote(connection["conId"], safe="")
        trees = [told(port, f"/apiv2/keystree/{place}/SM:") for _ in range(ASKED)]
        texts = [told(port, f"/apiv2/keys/{place}/*{NEEDLE}*") for _ in range(ASKED)]
        found = [one for one in trees[0][1]["data"] if one["text"].startswith("acme.")]
    return {"counts": fastest(trees), "text": fastest(texts)}, len(found)


def told(port: int, address: str) -> tuple[float, Any]:
    """The seconds of an answer, and the JSON in it."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    started_at = time.perf_counter()
    connection.request("GET", address)
    response = connection.getresponse()
    body = response.read()
    took = time.perf_counter() - started_at
    connection.close()
    assert response.status == 200, f"{address}: {response.status}"
    return took, json.loads(body)


def fastest(answered: list[tuple[float, Any]]) -> float:
    return min(seconds for seconds, _ in answered)


def p3x_times(node: str, server: RedisServer) -> Mapping[str, float]:
    """What its page asks its server for, over its socket."""
    port = free_port()
    program = FOLDER / "node_modules" / "p3x-redis-ui-server" / "bin" / "p3xrs.mjs"
    script = Path(__file__).with_name("p3x_asking.cjs")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        at = {"id": "bench", "name": "bench", "host": "127.0.0.1", "port": server.port}
        (folder / "connections.json").write_text(json.dumps({"list": [at]}))
        configuration = {
            "http": {"port": port, "bind": "127.0.0.1"},
            "connections": {"home-dir": name},
            "connectionsFileName": "connections.json",
            "static": name,
        }
        (folder / "index.html").write_text("")  # its pages are in another package
        (folder / "p3xrs.json").write_text(json.dumps({"p3xrs": configuration}))
        with started([node, str(program)], port, folder):
            asking = [node, str(script), str(FOLDER), str(port), f"*{NEEDLE}*", str(ASKED)]
            done = subprocess.run(
                asking, capture_output=True, text=True, check=True, timeout=PATIENCE
            )
    answer: dict[str, Any] = json.loads(done.stdout)
    assert answer["found"] == 3, f"p3x found {answer['found']} keys."
    return answer
