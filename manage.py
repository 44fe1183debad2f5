#!/usr/bin/env python3
"""Django's command line. Without the packages, it first makes `.venv` and goes on in there."""

import hashlib
import os
import subprocess
import sys
import venv
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed"
MARK = "CUBBYHOLE_STARTED_IN"  # the `.venv` in which this program started itself again, once
DEVELOPMENT_COMMANDS = ("test", "bench", "screenshots")


def digest_of(lock: Path) -> str:
    return f"{lock.name} {hashlib.sha256(lock.read_bytes()).hexdigest()}"


def make_environment(lock: Path) -> None:
    """Install the locked requirements into `.venv`; the stamp comes last, so a kill is mended."""
    print(
        f"Installing the packages of {lock.name} into .venv (once) ...", file=sys.stderr, flush=True
    )
    STAMP.unlink(missing_ok=True)
    try:
        # As `python3 -m venv` makes it, so that one which somebody made by hand is taken as it is.
        venv.create(VENV, with_pip=True, symlinks=os.name != "nt")
    except (subprocess.CalledProcessError, ImportError):
        sys.exit(
            "This Python cannot make a virtual environment. On Debian: apt-get install python3-venv"
        )
    # The lock is complete and hashed, so pip has nothing to resolve and nothing to trust.
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install"]
    options = [
        "--quiet",
        "--require-hashes",
        "--no-deps",
        "--no-compile",
        "--requirement",
        str(lock),
    ]
    if subprocess.run([*pip, *options], check=False).returncode:  # noqa: S603 - our own words
        sys.exit(f"The packages of {lock.name} could not be installed: see pip's message above.")
    stamps = {digest_of(lock), digest_of(ROOT / "requirements.txt")}
    STAMP.write_text("\n".join(sorted(stamps)), encoding="utf-8")


def ensure_packages() -> None:
    """Go on in `.venv` when this interpreter lacks the packages that the command needs."""
    for_development = sys.argv[1:2] and sys.argv[1] in DEVELOPMENT_COMMANDS
    needed = ("django", "channels", "pytest") if for_development else ("django", "channels")
    # Taken out and tied to this folder: what this program starts may be another `manage.py`.
    started_again = os.environ.pop(MARK, None) == str(VENV)
    if all(find_spec(name) for name in needed):
        return
    lock = ROOT / ("requirements-dev.txt" if for_development else "requirements.txt")
    stamps = STAMP.read_text(encoding="utf-8").splitlines() if STAMP.exists() else []
    if digest_of(lock) not in stamps:
        make_environment(lock)
    if started_again:
        sys.exit("The environment in .venv is incomplete. Remove the folder and try again.")
    os.environ[MARK] = str(VENV)
    python = str(VENV / "bin" / "python")
    os.execv(python, [python, *sys.argv])  # noqa: S606 - the same words in the right interpreter


def main() -> None:
    ensure_packages()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - only now there

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
