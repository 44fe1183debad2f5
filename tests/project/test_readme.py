"""The README says what is true: its settings, its commands and its examples."""

import re
from pathlib import Path

import pytest

from storage_core import PluginStorage, open_storage

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
PICTURES = ROOT / ".github/screenshots"


def variables_in(*files: Path) -> set[str]:
    text = "\n".join(file.read_text() for file in files)
    return set(re.findall(r'environ(?:\.get\(|\[)"(CUBBYHOLE_\w+)"', text))


def test_every_setting_is_in_the_readme_and_no_other():
    read = variables_in(ROOT / "dashboard/settings.py", ROOT / "dashboard/configuration.py")
    assert read
    assert set(re.findall(r"^\| `(CUBBYHOLE_\w+)`", README, re.MULTILINE)) == read


def test_every_command_of_ours_is_in_the_readme():
    commands = {file.stem for file in (ROOT / "dashboard/management/commands").glob("[a-z]*.py")}
    assert commands
    missing = {name for name in commands if f"manage.py {name}" not in README}
    assert not missing


def test_every_link_to_a_file_leads_somewhere():
    links = re.findall(r"\]\((?!https?:)([^)#]+)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.fixture
def file_storage(tmp_path, monkeypatch) -> str:
    """The README's backend as an importable module; gives a URL that opens it."""
    code = re.search(r"<!-- example: file_storage -->\n```python\n(.+?)```", README, re.DOTALL)[1]
    (tmp_path / "readme_example.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    return f"class:readme_example.FileStorage?FILE_STORAGE_PATH={tmp_path / 'entries'}"


async def test_the_backend_of_the_readme_works_in_a_bot(file_storage):
    async with open_storage(file_storage) as backend:
        storage = PluginStorage("acme.plugins.karma.Karma", backend)
        await storage.set("karma:coffee", {"points": 42})
        assert await storage.get("karma:coffee") == {"points": 42}
        await storage.delete("karma:coffee")
        assert not await storage.has("karma:coffee")


async def test_the_bot_of_the_readme_runs(tmp_path, monkeypatch):
    code = re.search(r"## In a bot.+?```python\n(.+?)```", README, re.DOTALL)[1]
    body = "\n".join(f"    {line}" for line in code.splitlines())
    monkeypatch.chdir(tmp_path)
    scope: dict = {}
    exec(f"async def example():\n{body}", scope)
    await scope["example"]()
    async with open_storage("sqlite:///bot.db") as backend:
        storage = PluginStorage("acme.plugins.karma.Karma", backend)
        assert await storage.get("team", shared=True) == {"name": "Platform"}
        assert await storage.get("karma:coffee") == 42


def test_every_picture_is_there_and_light_to_load():
    shown = set(re.findall(r"\.github/screenshots/[\w-]+\.png", README))
    taken = {f".github/screenshots/{file.name}" for file in PICTURES.glob("*.png")}
    assert shown
    assert shown <= taken
    assert {name for name in taken if (ROOT / name).stat().st_size >= 200_000} == set()
