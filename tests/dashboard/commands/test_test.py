"""Which failures the test command tries once more."""

import json

import pytest

from dashboard.management.commands.test import unsteady


@pytest.fixture
def failed(tmp_path, monkeypatch):
    """Write down which tests failed, as pytest does."""
    monkeypatch.chdir(tmp_path)

    def write(*tests):
        folder = tmp_path / ".pytest_cache" / "v" / "cache"
        folder.mkdir(parents=True)
        (folder / "lastfailed").write_text(json.dumps(dict.fromkeys(tests, True)))

    return write


def test_a_browser_that_was_too_slow_is_tried_again(failed):
    failed("tests/browser/test_jobs.py::test_one")
    assert unsteady() == ["tests/browser/test_jobs.py::test_one"]


def test_nothing_else_is_tried_again(failed):
    failed("tests/browser/test_jobs.py::test_one", "tests/promises/test_writes.py::test_two")
    assert unsteady() == []


def test_many_failures_are_no_slowness(failed):
    failed(*(f"tests/browser/test_jobs.py::test_{number}" for number in range(4)))
    assert unsteady() == []


def test_without_a_word_of_failures_there_is_nothing_to_try(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert unsteady() == []
