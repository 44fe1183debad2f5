"""A leaf of each kind corrected in the field that is its own, and read by the bot."""

import math
import pickle
import re
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePosixPath
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from dashboard.web import links
from tests.dashboard.web.conftest import DAILY, KARMA
from tests.dashboard.web.test_key_create import ADDRESS, NEW
from tests.dashboard.web.test_key_edit import fields_of

KINDS = [
    ("Decimal", Decimal("1.10"), {"text": "1.20"}, Decimal("1.20")),
    ("Fraction", Fraction(1, 2), {"text": "8/13"}, Fraction(8, 13)),
    ("UUID", UUID(int=5), {"text": str(UUID(int=6))}, UUID(int=6)),
    ("PurePosixPath", PurePosixPath("/a"), {"text": "/it's/a b"}, PurePosixPath("/it's/a b")),
    ("timedelta", timedelta(1), {"text": "1 d 02:30:00"}, timedelta(1, 9000)),
    ("number", math.inf, {"text": "-inf"}, -math.inf),
    ("text", "a\tb", {"text": "a\tc\r\nd"}, "a\tc\nd"),
    (
        "datetime",
        datetime(2026, 10, 25, 3, 30, 0, 9, ZoneInfo("Europe/Berlin")),
        {"text": "2026-10-25T02:30", "fold": "1"},
        datetime(2026, 10, 25, 2, 30, 0, 9, ZoneInfo("Europe/Berlin"), fold=1),
    ),
]


@pytest.mark.parametrize(("control", "stored", "typed", "wanted"), KINDS)
async def test_each_kind_is_corrected_in_its_own_field_without_a_script(
    write, prod, editor, control, stored, typed, wanted
):
    await write(DAILY, {"it": stored})
    address = links.key_url("prod", DAILY, "key-edit", path="['it']")
    page = (await editor.get(address)).content.decode()
    others = dict(re.findall(r'name="(micro|zone)" value="([^"]*)"', page))
    fields = fields_of(page) | others | typed
    assert fields["control"] == control
    page = (await editor.post(address, fields | {"step": "review"})).content.decode()
    await editor.post(address, fields_of(page) | others | typed | {"step": "save"})
    found = pickle.loads(await prod.backend.get(DAILY))["it"]
    assert repr(found) == repr(wanted)


@pytest.mark.parametrize(
    ("control", "text", "wanted"),
    [
        ("Decimal", "1.20", Decimal("1.20")),
        ("Fraction", "8/13", Fraction(8, 13)),
        ("UUID", str(UUID(int=6)), UUID(int=6)),
        ("timedelta", "90 min", timedelta(minutes=90)),
        ("datetime", "2026-11-24T09:30", datetime(2026, 11, 24, 9, 30, tzinfo=ZoneInfo("UTC"))),
    ],
)
async def test_a_new_key_of_each_kind_is_made_without_a_script(prod, editor, control, text, wanted):
    typed = {"control": control, "text": text, "zone": "UTC"}
    answer = await editor.post(ADDRESS, NEW | typed)
    assert answer.status_code == 303, answer.content.decode()
    assert repr(pickle.loads(await prod.backend.get(f"{KARMA}:U99"))) == repr(wanted)


async def test_a_zone_that_is_none_is_refused_beside_the_field(prod, editor):
    typed = {"control": "datetime", "text": "2026-11-24T09:30", "zone": "Europe/Berln"}
    answer = await editor.post(ADDRESS, NEW | typed)
    assert answer.status_code == 422
    assert "close to it: Europe/Berlin" in answer.content.decode()
    assert 'value="Europe/Berln"' in answer.content.decode()
