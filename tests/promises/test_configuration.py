"""Unsafe configuration does not start: each is refused in a sentence, by a process that ends."""

import os
import subprocess
import sys

import pytest

from tests.browser.dashboard import free_port
from tests.interop.conftest import ROOT

UNSAFE = [
    ("hosts", {"CUBBYHOLE_ALLOWED_HOSTS": "*"}, "CUBBYHOLE_ALLOWED_HOSTS has to name the hosts"),
    ("no hosts", {"CUBBYHOLE_ALLOWED_HOSTS": ","}, "CUBBYHOLE_ALLOWED_HOSTS has to name the hosts"),
    ("short key", {"CUBBYHOLE_SECRET_KEY": "secret"}, "CUBBYHOLE_SECRET_KEY is too weak"),
    (
        "Django's example key",
        {"CUBBYHOLE_SECRET_KEY": f"django-insecure-{'x' * 50}"},
        "CUBBYHOLE_SECRET_KEY is too weak",
    ),
    ("store", {"CUBBYHOLE_STORES": "prod"}, "CUBBYHOLE_STORES has 'prod'"),
    ("store's name", {"CUBBYHOLE_STORES": "journal=memory://"}, "A store cannot be called"),
    ("layer", {"CUBBYHOLE_CHANNEL_LAYER_URL": "amqp://x"}, "CUBBYHOLE_CHANNEL_LAYER_URL has to"),
    ("webhook", {"CUBBYHOLE_WEBHOOK_URL": "file:///x"}, "CUBBYHOLE_WEBHOOK_URL has to start"),
    ("mask", {"CUBBYHOLE_MASK": "prod="}, "CUBBYHOLE_MASK has"),
    ("number", {"CUBBYHOLE_PROOF_MINUTES": "never"}, "where a whole number has to be"),
]


def start(folder, words: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a server that should refuse, and be ended if it does not."""
    return subprocess.run(
        ["timeout", "-s", "INT", "30", sys.executable, *words, "--port", str(free_port())],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "CUBBYHOLE_DATA_DIR": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("environment", "sentence"), [one[1:] for one in UNSAFE])
def test_it_does_not_start_and_says_why(environment, sentence, tmp_path):
    done = start(tmp_path, ["manage.py", "up"], **environment)
    assert done.returncode not in (0, 124), done.stderr
    assert sentence in done.stderr
    assert "listen" not in done.stdout


UVICORN = ["-m", "uvicorn", "dashboard.asgi:application"]


def test_several_processes_that_cannot_hear_each_other_do_not_start(tmp_path):
    done = start(tmp_path, [*UVICORN, "--workers", "2"])
    assert "Several web processes need CUBBYHOLE_CHANNEL_LAYER_URL" in done.stderr
    assert "Application startup complete" not in done.stderr
    assert done.returncode != 124, "it goes on trying for ever"


def test_no_setting_opens_django_s_debugging(tmp_path):
    script = (
        "import django; django.setup(); from django.conf import settings; print(settings.DEBUG)"
    )
    given = {"DEBUG": "1", "CUBBYHOLE_DEBUG": "1", "DJANGO_DEBUG": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "dashboard.settings",
            "CUBBYHOLE_DATA_DIR": str(tmp_path),
            **given,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "False", done.stderr
