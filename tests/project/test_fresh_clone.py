"""The README's first command, on a fresh clone, with a Python that has nothing of ours."""

import re
import socket
import subprocess
import time
import venv
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 240  # seconds; the packages are downloaded


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def clone(tmp_path) -> Path:
    folder = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", ROOT, folder], check=True)
    return folder


@pytest.fixture
def running(clone, tmp_path):
    """The dashboard as the README starts it: its address, the file of what it said, the process."""
    venv.create(tmp_path / "bare", with_pip=False)
    port, said = free_port(), tmp_path / "said"
    with said.open("w") as out:
        process = subprocess.Popen(
            [tmp_path / "bare" / "bin" / "python", "manage.py", "up", "--port", str(port)],
            cwd=clone,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        yield f"http://localhost:{port}", said, process
        process.terminate()
        assert process.wait(timeout=20) is not None


def wait_for(address: str, said: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{address}/healthz", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    pytest.fail(said.read_text())


def test_one_command_shows_a_living_demo_to_whoever_follows_the_link(running):
    address, said, process = running
    wait_for(address, said, process)
    with httpx.Client(follow_redirects=True, trust_env=False) as browser:
        assert "acme.plugins" not in browser.get(f"{address}/demo/").text
        link = re.search(rf"{re.escape(address)}/sign-in/\S+", said.read_text())[0]
        assert browser.get(link).status_code == 200
        deadline = time.monotonic() + 10
        while "acme.plugins.karma" not in (page := browser.get(f"{address}/demo/").text):
            assert time.monotonic() < deadline, page
        assert browser.get(f"{address}/readyz").json()["ready"] is True
