"""The real dashboard and a bot, each in a process of its own."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

import httpx

__all__ = ["Bot", "Dashboard"]

ROOT: Final = Path(__file__).resolve().parents[2]
START_SECONDS: Final = 60


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class Dashboard:
    """`manage.py up` on a free port, with its data in a folder.

    `command` is another way to run the same, `name` that of its log. The environment's variables
    are given in small letters, without `CUBBYHOLE_` in front.
    """

    def __init__(
        self,
        folder: Path,
        stores: dict[str, str],
        *,
        command: tuple[str, ...] = ("manage.py", "up"),
        name: str = "log",
        **variables: str,
    ) -> None:
        self.folder = folder
        self.cookies: dict[str, list[Any]] = {}
        self.links: dict[tuple[str, str], str] = {}
        self.url = f"http://127.0.0.1:{(port := free_port())}"
        self.environment = os.environ | {
            "CUBBYHOLE_DATA_DIR": str(folder),
            "CUBBYHOLE_STORES": "",
            "PYTHONWARNINGS": "default",
            **{f"CUBBYHOLE_{name.upper()}": value for name, value in variables.items()},
        }
        options = [f"--store={name}={url}" for name, url in stores.items()]
        self.command = [sys.executable, *command, "--port", str(port), *options]
        self.log = folder / name
        self.start()

    def start(self) -> None:
        """Run it, and wait until it answers; again after `kill`."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        self.wait_until_ready()

    def kill(self) -> None:
        """End it with SIGKILL, in the middle of whatever it does."""
        self.process.kill()
        self.process.wait()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                httpx.get(f"{self.url}/healthz").raise_for_status()
            except httpx.HTTPError:
                is_over = time.monotonic() > deadline or self.process.poll() is not None
                assert not is_over, self.log.read_text()
                time.sleep(0.05)
            else:
                return

    def cookies_of(self, role: str) -> list[Any]:
        """The cookies of a person who holds `role`; the link is followed once for all tests."""
        if role not in self.cookies:
            with httpx.Client() as visitor:
                answer = visitor.get(self.link_for(role, role))
                assert answer.status_code == 302, answer
                self.cookies[role] = [
                    {"name": name, "value": value, "url": self.url}
                    for name, value in visitor.cookies.items()
                ]
        return self.cookies[role]

    def link_for(self, name: str, role: str) -> str:
        """A one-time link that signs in the person `name`, added if new, with exactly this role."""
        if (name, role) not in self.links:
            self.invite({name: role})
        return self.links.pop((name, role))

    def invite(self, people: dict[str, str]) -> None:
        """Make a link for each of these, by name and role, at once: a command takes seconds."""
        calls = [f"call_command('person', {name!r}, role={people[name]!r})" for name in people]
        code = "\n".join(["from django.core.management import call_command", *calls])
        command = [sys.executable, "manage.py", "shell", "--verbosity=0", f"--command={code}"]
        options: dict[str, Any] = {"cwd": ROOT, "env": self.environment, "text": True}
        said = subprocess.run(command, capture_output=True, check=True, **options).stdout
        paths = re.findall(r"/sign-in/\S+", said)
        for (name, role), path in zip(people.items(), paths, strict=True):
            self.links[name, role] = self.url + path

    def stop(self) -> None:
        self.process.terminate()
        assert self.process.wait(timeout=15) in {0, -15, 143}, self.log.read_text()


class Bot:
    """The bot of `acme.bot`; `Bot.tell` returns once the bot has done it."""

    def __init__(self, url: str) -> None:
        paths = os.pathsep.join([str(ROOT), str(Path(__file__).parent)])
        self.process = subprocess.Popen(
            [sys.executable, "-m", "acme.bot", url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": paths},
        )

    def tell(self, do: str, key: str, **given: Any) -> str:
        """Do something to a key; what the bot then finds there, as Python writes it."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"do": do, "key": key, **given}) + "\n")
        self.process.stdin.flush()
        answer: str = json.loads(self.process.stdout.readline())
        return answer

    def stop(self) -> None:
        self.process.communicate(timeout=10)
