"""The value that Slack Machine itself keeps: written and read back by its own classes."""

import base64
import json

import pytest

from storage_core.values import Edit, Value, check_write, read
from tests.interop.conftest import RunStock

MANUAL = "machine.models.core"
HELP = ".human['acme.plugins.Karma']['karma']"


@pytest.fixture
def manual(run_stock: RunStock) -> Value:
    return read(base64.b64decode(run_stock("stock_manual.py", "dump")))


def shown(run_stock: RunStock, data: bytes) -> dict:
    return json.loads(run_stock("stock_manual.py", "show", base64.b64encode(data).decode()))


def test_the_manual_of_a_stock_bot_is_shown(manual: Value) -> None:
    assert manual.to_text() == (
        f"<{MANUAL}.Manual human={{'acme.plugins.Karma': {{'karma': <{MANUAL}.HumanHelp "
        "command='listen: karma' help='counts thanks'>}} "
        "robot={'acme.plugins.Karma': ['listen: ^thanks']}>"
    )
    assert manual.imports == (f"{MANUAL}.Manual", f"{MANUAL}.HumanHelp")
    assert manual.findings == ()


def test_nothing_changes_by_itself(manual: Value) -> None:
    for row in manual.outline(depth=9).rows:
        assert row.edit_text is None or manual.edit(row.path, row.edit_text) == manual.data


def test_a_stock_bot_reads_what_was_corrected_in_it(manual: Value, run_stock: RunStock) -> None:
    once = manual.edit(f"{HELP}.help", "'counts thanks and blame'")
    path = ".robot['acme.plugins.Karma']"
    twice = read(once).apply(Edit("append", path, "'listen: ^blame'"))
    check_write(manual.data, twice)
    assert shown(run_stock, twice) == {
        "class": "Manual",
        "human": {
            "acme.plugins.Karma": {
                "karma": {"command": "listen: karma", "help": "counts thanks and blame"}
            }
        },
        "robot": {"acme.plugins.Karma": ["listen: ^thanks", "listen: ^blame"]},
    }
