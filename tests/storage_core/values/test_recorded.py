"""Values of libraries as recorded once: of a past numpy, and of no library that is installed."""

import pytest

from storage_core.exceptions import RefusedEdit
from storage_core.values import read
from tests.storage_core.values.recorded import RECORDED

SHOWN = {
    "attrs": "<acme.models.Rota name='ops' days=['mon']>",
    "attrs frozen": "<acme.models.Frozen name='x'>",
    "attrs without slots": "<acme.models.Loose name='x'>",
    "pydantic": "<acme.models.Vote user='ann' points=3 tags=['a']>",
    "numpy scalar": "{'n': numpy.float64(1.5), 'i': numpy.int64(7)}",
    "numpy array": "<numpy.ndarray of 2 float64 [1.5, 2.5]>",
    "numpy strings": "<numpy.ndarray of 2 str_ of 2 ['a', 'bc']>",
    "numpy objects": "<numpy.ndarray of 2 object [{'a': 1}, None]>",
    "numpy masked array": "<numpy.ma.MaskedArray of 3 float64 [1.5, --, 3.5]>",
    "numpy datetime": "numpy.datetime64('2026-01-01')",
    "manual": (
        "<machine.models.core.Manual human={'acme.plugins.Karma': {'karma': "
        "<machine.models.core.HumanHelp command='listen: karma' help='counts'>}} "
        "robot={'acme.plugins.Karma': ['listen: ^hi']}>"
    ),
}
EDITED = {
    "attrs": (".days[0]", "'tue'"),
    "attrs frozen": (".name", "'y'"),
    "attrs without slots": (".name", "'y'"),
    "pydantic": (".points", "5"),
    "manual": (".robot['acme.plugins.Karma'][0]", "'listen: ^hello'"),
}


@pytest.mark.parametrize("name", RECORDED)
def test_it_shows(name):
    value = read(RECORDED[name])
    assert value.to_text() == SHOWN[name]
    assert value.findings == ()


@pytest.mark.parametrize("name", EDITED)
def test_a_field_can_be_changed_and_changed_back(name):
    path, text = EDITED[name]
    before = read(RECORDED[name])
    old = before.outline(path).rows[0].edit_text
    after = read(before.edit(path, text))
    assert after.outline(path).rows[0].edit_text == text
    assert after.edit(path, old) == before.data


def test_what_an_array_holds_is_read_only():
    value = read(RECORDED["numpy objects"])
    with pytest.raises(RefusedEdit, match="the bot hands it to"):
        value.edit("[0]['a']", "2")
