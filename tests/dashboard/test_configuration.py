"""What the environment says is checked before anything starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from dashboard.configuration import (
    allowed_hosts,
    channel_layers,
    parse_stores,
    refuse_several_processes,
    secret_key,
)

ROOT = Path(__file__).resolve().parents[2]


def test_stores_are_named_urls():
    stores = parse_stores("prod=redis://h/0?prefix=SM, file=sqlite:////srv/a=b.db")
    assert stores == {"prod": "redis://h/0?prefix=SM", "file": "sqlite:////srv/a=b.db"}


@pytest.mark.parametrize("text", ["redis://h/0?", "=redis://h", "prod=", "a=memory://,a=memory://"])
def test_a_store_that_cannot_be_meant_is_refused(text):
    with pytest.raises(ImproperlyConfigured, match="CUBBYHOLE_STORES"):
        parse_stores(text)


def test_the_secret_key_is_made_once_and_only_the_owner_reads_it(tmp_path, monkeypatch):
    monkeypatch.delenv("CUBBYHOLE_SECRET_KEY", raising=False)
    first = secret_key(tmp_path / "data")
    assert secret_key(tmp_path / "data") == first
    assert len(first) >= 50
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("weak", ["", "secret", "django-insecure-" + "x" * 50])
def test_a_weak_secret_key_is_refused(weak, tmp_path, monkeypatch):
    monkeypatch.setenv("CUBBYHOLE_SECRET_KEY", weak)
    with pytest.raises(ImproperlyConfigured, match="CUBBYHOLE_SECRET_KEY"):
        secret_key(tmp_path)


@pytest.mark.parametrize("text", ["*", "cubby.example,*", " , "])
def test_hosts_that_let_anyone_pose_as_the_dashboard_are_refused(text):
    with pytest.raises(ImproperlyConfigured, match="CUBBYHOLE_ALLOWED_HOSTS"):
        allowed_hosts(text)


def test_a_channel_layer_of_another_kind_is_refused():
    with pytest.raises(ImproperlyConfigured, match="CUBBYHOLE_CHANNEL_LAYER_URL"):
        channel_layers("amqp://localhost")


def test_one_process_may_keep_its_messages_in_memory():
    refuse_several_processes(channel_layers(""))


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"CUBBYHOLE_ALLOWED_HOSTS": "*"}, "CUBBYHOLE_ALLOWED_HOSTS has to name"),
        ({"CUBBYHOLE_SECRET_KEY": "secret"}, "CUBBYHOLE_SECRET_KEY is too weak"),
        ({"CUBBYHOLE_STORES": "prod"}, "CUBBYHOLE_STORES has 'prod'"),
        ({"WEB_CONCURRENCY": "2"}, "Several web processes need CUBBYHOLE_CHANNEL_LAYER_URL"),
    ],
    ids=lambda given: next(iter(given)) if isinstance(given, dict) else "",
)
def test_an_unsafe_configuration_does_not_start(environment, sentence, tmp_path):
    command = [sys.executable, "-m", "uvicorn", "dashboard.asgi:application", "--port", "0"]
    done = subprocess.run(
        ["timeout", "-s", "INT", "8", *command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "CUBBYHOLE_DATA_DIR": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert sentence in done.stderr
