"""Runs in stock Slack Machine's environment: the value that it keeps under the key `manual`.

stock_manual.py dump       prints it as base64, as `machine.core` stores it
stock_manual.py show TEXT  prints what that base64 holds, as JSON
"""

# ruff: noqa: T201 - what it prints is its answer

import base64
import json
import sys
from dataclasses import asdict

import dill
from machine.models.core import HumanHelp, Manual


def dump() -> str:
    manual = Manual(
        human={"acme.plugins.Karma": {"karma": HumanHelp("listen: karma", "counts thanks")}},
        robot={"acme.plugins.Karma": ["listen: ^thanks"]},
    )
    return base64.b64encode(dill.dumps(manual)).decode()


def show(text: str) -> str:
    manual = dill.loads(base64.b64decode(text))
    return json.dumps({"class": type(manual).__name__, **asdict(manual)})


print(dump() if sys.argv[1] == "dump" else show(sys.argv[2]))
