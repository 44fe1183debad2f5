"""What the tests of masks share: rules, secrets, and everything that can be asked about a value."""

import json

from storage_core.values import Masking, create
from storage_core.values.requests import ANSWERS, UNMASKED, answer

HUNTER = "hunter2-and-more"
TOKEN = "xoxb-1234567890-abcdefghij"
RULES = Masking("settings")


def everything(data: bytes, rules: Masking) -> str:
    """All that can be asked about a value, as one text."""
    fields = {"find": {"text": "o"}, "find_in": {"text": "o"}}
    blobs = [data, create("1"), data]
    names = ANSWERS.keys() - UNMASKED - {"edit", "apply"}
    asked = [{"ask": name, "mask": rules.as_dict(), **fields.get(name, {})} for name in names]
    return json.dumps([answer(one, blobs)[0] for one in asked], ensure_ascii=False)
