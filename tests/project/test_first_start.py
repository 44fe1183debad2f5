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


def start(
    python: Path, folder: Path, *words: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), **variables}
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


def test_an_environment_that_somebody_made_by_hand_is_completed(bare_python, checkout):
    command = [str(bare_python), "-m", "venv", "--without-pip", ".venv"]
    subprocess.run(command, cwd=checkout, check=True)
    done = start(bare_python, checkout, "up")
    assert "Traceback" not in done.stderr
    assert (checkout / ".venv" / "installed").exists()


def test_inside_an_environment_with_the_packages_nothing_is_made(checkout):
    start(Path(sys.executable), checkout, "help")
    assert not (checkout / ".venv").exists()


def test_what_runs_inside_another_checkout_starts_all_the_same(bare_python, checkout, tmp_path):
    """A test command may start `manage.py up` in a clone: nothing of it is taken for our own."""
    other = str(tmp_path / "other" / ".venv")
    done = start(bare_python, checkout, "up", CUBBYHOLE_STARTED_IN=other)
    assert "Installing the packages of requirements.txt" in done.stderr


def test_a_started_command_passes_nothing_on(checkout):
    for package in ("django", "django/core", "django/core/management", "channels"):
        (checkout / package).mkdir(exist_ok=True)
        (checkout / package / "__init__.py").touch()
    (checkout / "django/core/management/__init__.py").write_text(
        "import os\ndef execute_from_command_line(words): print(sorted(os.environ))\n"
    )
    variables = {"CUBBYHOLE_STARTED_IN": str(checkout / ".venv")}
    done = start(Path(sys.executable), checkout, "up", **variables)
    assert "CUBBYHOLE" not in done.stdout
    assert "DJANGO_SETTINGS_MODULE" in done.stdout
