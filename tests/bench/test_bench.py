"""Each measurement runs, at a size at which its figures mean nothing."""

import importlib
import re

import pytest

from tests.bench import __main__ as command
from tests.bench.scale import TINY


@pytest.mark.parametrize("name", command.SCALED)
def test_it_measures_and_says_what_was_to_be_reached(name, capsys):
    importlib.import_module(f"tests.bench.{name}").run(TINY)
    table = capsys.readouterr().out
    assert re.search(r"^\| .* \| [\d.,]+.* \| [≤≥] .* \| (ok|missed) \|$", table, re.MULTILINE)


def test_it_refuses_a_name_that_it_does_not_know(capsys):
    with pytest.raises(SystemExit):
        command.main(["everything"])
    assert "everything" in capsys.readouterr().err
