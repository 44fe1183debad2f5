"""The code's form: style, types, layers and locks, by the tools that the project chose."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


def run(*words: str) -> None:
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_style_is_kept():
    run(str(BIN / "ruff"), "check", ".")


def test_the_format_is_kept():
    run(str(BIN / "ruff"), "format", "--check", ".")


def test_the_types_hold():
    run(str(BIN / "mypy"))


def test_imports_go_one_way():
    run(str(BIN / "lint-imports"))


EXTRAS = ("--extra", "dashboard", "--extra", "redis", "--extra", "dynamodb", "--extra", "postgres")


@pytest.mark.parametrize(
    ("lock", "options"),
    [("requirements.txt", EXTRAS), ("requirements-dev.txt", (*EXTRAS, "--group", "dev"))],
)
def test_the_lock_is_what_the_project_asks_for(lock, options, tmp_path):
    """With today's lock as the start, compiling changes nothing."""
    copy = tmp_path / lock
    copy.write_text((ROOT / lock).read_text())
    compile_ = ("pip", "compile", "--universal", "--generate-hashes", "--no-header", "-q")
    run(str(BIN / "uv"), *compile_, "pyproject.toml", *options, "-o", str(copy))
    assert copy.read_text() == (ROOT / lock).read_text()
