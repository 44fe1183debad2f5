"""Stock Slack Machine, unmodified, in a virtual environment of its own.

It pins other versions of our dependencies, so it cannot live in ours. Made once in `.cubbyhole`,
from the locked requirements beside this file; a stamp says which ones it holds.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
REQUIREMENTS: Final = HERE / "requirements.txt"
ENVIRONMENT: Final = ROOT / ".cubbyhole" / "interop-venv"

RunStock = Callable[..., str]


def _make(environment: Path, stamp: Path, mark: str) -> None:
    shutil.rmtree(environment, ignore_errors=True)
    venv.create(environment, with_pip=True)
    pip = [str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    done = subprocess.run(
        [*pip, "--require-hashes", "--requirement", str(REQUIREMENTS)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    stamp.write_text(mark)


def made_environment() -> Path:
    """The Python that has stock Slack Machine, made if need be."""
    mark = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()
    stamp = ENVIRONMENT / "stamp"
    ENVIRONMENT.parent.mkdir(exist_ok=True)
    with (ENVIRONMENT.parent / "interop-venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # test processes beside this one wait for it
        if not stamp.exists() or stamp.read_text() != mark:
            _make(ENVIRONMENT, stamp, mark)
    return ENVIRONMENT / "bin" / "python"


@pytest.fixture(scope="session")
def stock_python() -> Path:
    """The Python that has stock Slack Machine."""
    return made_environment()


@pytest.fixture
def run_stock(stock_python: Path) -> RunStock:
    """Run a script of this directory with stock Slack Machine, and give what it printed."""

    def run(script: str, *arguments: str) -> str:
        done = subprocess.run(
            [str(stock_python), str(HERE / script), *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run
