"""`manage.py up`: what it prepares, and what it refuses in a sentence."""

import re
import socket

import pytest
from django.core.management import CommandError, call_command

from dashboard.access import people
from dashboard.management.commands import up

pytestmark = pytest.mark.django_db


@pytest.fixture
def served(monkeypatch, settings, tmp_path) -> list[dict[str, str]]:
    """The stores that were served; the server itself is another test's matter."""
    settings.DATA_DIR = tmp_path
    settings.CUBBYHOLE_STORES = {}
    found: list[dict[str, str]] = []
    monkeypatch.setattr(up, "serve", lambda *_: found.append(dict(settings.CUBBYHOLE_STORES)))
    return found


def test_stores_of_the_command_line_are_added_to_those_of_the_environment(served, settings):
    settings.CUBBYHOLE_STORES = {"prod": "memory://prod"}
    call_command("up", "--store", "file=sqlite:////srv/a,b.db", "--store", "own=memory://own")
    assert served == [
        {"prod": "memory://prod", "file": "sqlite:////srv/a%2Cb.db", "own": "memory://own"}
    ]


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("prod", "write name=url"),
        ("prod=", "write name=url"),
        ("prod=mysql://localhost", "No kind of store is called 'mysql'"),
        ("prod=redis://h?prefx=SM", "has no setting prefx"),
        ("Prod=memory://", "use small letters"),
        ("journal=memory://", "that address is one of the dashboard's own"),
        ("prod=class:nowhere.Backend", "cannot be used"),
    ],
)
def test_a_store_that_cannot_be_meant_is_refused_before_anything_is_served(
    served, option, sentence
):
    with pytest.raises(CommandError, match=re.escape(sentence)):
        call_command("up", "--store", option)
    assert served == []


def test_a_port_that_is_taken_is_said_before_a_link_is_printed(served, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with pytest.raises(CommandError, match=f"port {port}: Address already in use"):
            call_command("up", "--store", "prod=memory://", "--port", port)
    assert served == []
    assert "/sign-in/" not in capsys.readouterr().out


def test_the_first_start_prints_a_link_that_signs_the_first_admin_in_once(served, capsys):
    call_command("up", "--store", "prod=memory://", "--port", "8123")
    said = capsys.readouterr().out
    secret = re.search(r"http://localhost:8123/sign-in/(\S+)/", said)[1]
    admin = people.redeem_link(secret)
    assert [grant.role for grant in admin.grants.all()] == ["admin"]
    assert people.redeem_link(secret) is None


def test_no_link_is_printed_once_the_admin_has_a_password(served, capsys):
    admin = people.first_admin()
    admin.set_password("correct horse battery staple")
    admin.save()
    call_command("up", "--store", "prod=memory://")
    assert "/sign-in/" not in capsys.readouterr().out


def test_without_a_store_the_demo_bot_fills_a_store_of_its_own_and_ends_with_the_server(
    served, monkeypatch, settings, tmp_path
):
    processes = []
    real = up.subprocess.Popen
    monkeypatch.setattr(
        up.subprocess, "Popen", lambda *a, **k: processes.append(real(*a, **k)) or processes[-1]
    )
    call_command("up")
    assert served == [{"demo": f"sqlite:///{tmp_path / 'demo.db'}"}]
    assert processes[0].returncode is not None
