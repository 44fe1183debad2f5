"""A dashboard that is killed with SIGKILL between the intent and the outcome."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storage_core.backends.sqlite import SQLiteStorage
from tests.dashboard.killed_dashboard import KEY, NEW, OLD

ROOT = Path(__file__).resolve().parents[2]


def run(*words: str, store: str, data: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        "CUBBYHOLE_DATA_DIR": str(data),
        "CUBBYHOLE_STORES": f"prod={store}",
    }
    command = [sys.executable, *words]
    return subprocess.run(
        command, check=False, cwd=ROOT, env=environment, text=True, capture_output=True, timeout=60
    )


@pytest.mark.parametrize(
    ("moment", "held", "answer"), [("before", OLD, "failed"), ("after", NEW, "saved")]
)
async def test_the_next_process_finds_out_what_became_of_the_change(tmp_path, moment, held, answer):
    file = tmp_path / "bot.db"
    async with SQLiteStorage({"SQLITE_PATH": str(file)}) as bot:
        await bot.set(KEY, OLD)
        module = "tests.dashboard.killed_dashboard"
        run("manage.py", "migrate", store=f"sqlite:///{file}", data=tmp_path)
        fatal = f"class:{module}.Fatal?SQLITE_PATH={file}"
        killed = run("-m", module, "edit", moment, store=fatal, data=tmp_path)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        after = run("-m", module, "reconcile", store=f"sqlite:///{file}", data=tmp_path)
        assert after.stdout.split() == ["1", "edit", answer], after.stderr
        assert await bot.get(KEY) == held
    verified = run("manage.py", "verify_journal", store=f"sqlite:///{file}", data=tmp_path)
    assert verified.returncode == 0, verified.stderr
