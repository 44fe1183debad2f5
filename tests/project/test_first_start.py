"""`manage.py` on a machine that has Python and nothing of ours."""

import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bare_python(tmp_path) -> Path:
    """A Python without any package, as a fresh machine has it."""
    venv.create(tmp_path / "bare", with_pip=False)
    return tmp_path / "bare" / "bin" / "python"


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A folder with `manage.py` and locks that ask for nothing."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    shutil.copy(ROOT / "manage.py", folder)
    for lock in ("requirements.txt", "requirements-dev.txt"):
        (folder / lock).touch()
    return folder


def start(python: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
    return subprocess.run(
        [str(python), "manage.py", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_an_environment_that_lacks_packages_is_named_and_not_tried_for_ever(bare_python, checkout):
    done = start(bare_python, checkout, "up")
    assert done.returncode == 1
    assert "Remove the folder and try again." in done.stderr


def test_the_stamp_is_written_after_the_installation(bare_python, checkout):
    (checkout / "requirements.txt").write_text("no-such-package-of-cubbyhole==1 --hash=sha256:00\n")
    done = start(bare_python, checkout, "up")
    assert "could not be installed" in done.stderr
    assert not (checkout / ".venv" / "installed").exists()


def test_inside_an_environment_with_the_packages_nothing_is_made(checkout):
    start(Path(sys.executable), checkout, "help")
    assert not (checkout / ".venv").exists()
