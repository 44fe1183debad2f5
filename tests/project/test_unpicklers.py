"""Nothing that unpickles comes into the dashboard's process."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DASHBOARD = "import django; django.setup(); import dashboard.asgi, storage_core.values"
SINKS = re.compile(
    r"\b(?:pickle|dill|cPickle|shelve|marshal|joblib|cloudpickle|pandas)\.(?:loads?|open|Unpickler|read_pickle)\b"
    r"|\bUnpickler\(|\b(?:eval|exec|compile)\(|\b__import__\("
)


def test_the_dashboard_never_loads_what_a_bot_unpickles_with():
    loaded = "sorted({'dill', 'storage_core.pickling'} & set(sys.modules))"
    code = f"{DASHBOARD}\nimport sys\nprint({loaded})"
    environment = {"DJANGO_SETTINGS_MODULE": "dashboard.settings", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_should_anything_unpickle_in_the_web_process_it_is_stopped_before_the_import():
    code = (
        "import pickle, sys; from dashboard import tripwire; tripwire.arm()\n"
        "pickle.loads(b'\\x80\\x04\\x8c\\x04this\\x8c\\x01s\\x93.')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "UnpicklingRefused: this.s was about to be unpickled" in done.stderr
    assert "Zen of Python" not in done.stdout


def test_no_line_outside_the_bots_side_unpickles_or_evaluates():
    files = [*(ROOT / "dashboard").rglob("*.py"), *(ROOT / "storage_core").rglob("*.py")]
    assert len(files) > 50
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()}"
        for file in files
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if SINKS.search(line.partition("#")[0]) and "re.compile(" not in line
    ]
    assert [line for line in found if not line.startswith("storage_core/pickling.py")] == []
