"""Fields of objects: which can come and go, and a ChainMap, which is nothing but its maps."""

import pytest

from storage_core.exceptions import RefusedEdit
from storage_core.values import Edit, read

OWN = ("Plain(a=1)", "types.SimpleNamespace(a=1)")
CLOSED = ("UserDict({'a': 1})", "UserList([1])")


def actions_of(data: bytes, path: str = "") -> list[str]:
    return read(data).outline(path, depth=0, limit=1).as_dict()["rows"][0]["actions"]


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_chain_map_is_shown_as_its_maps(bot, protocol):
    (data,) = bot.write("ChainMap({'a': 1}, {'b': 2})", [protocol])
    rows = read(data).outline("", depth=1, limit=9).as_dict()["rows"]
    assert [(row["kind"], row["path"]) for row in rows] == [
        ("ChainMap", ""), ("dict", "[0]"), ("dict", "[1]")
    ]  # fmt: skip


def test_its_maps_can_be_changed_but_none_added_or_taken_away(bot):
    (data,) = bot.write("ChainMap({'a': 1}, {'b': 2})")
    assert actions_of(data) == []
    assert actions_of(data, "[0]") == ["change", "add"]
    changed = read(data).apply(Edit("add", "[0]", key="'c'", text="3"))
    assert bot.ask(changed, "type(v) is ChainMap and v['c'] == 3") == "True"


def test_a_map_is_replaced_by_nothing_but_a_map(bot):
    (data,) = bot.write("ChainMap({'a': 1}, {'b': 2})")
    with pytest.raises(RefusedEdit, match="has to be a dict"):
        read(data).apply(Edit("replace", "[1]", text="[1]"))
    changed = read(data).apply(Edit("change", "[1]", text="{'b': 5}"))
    assert bot.ask(changed, "v['b'] == 5") == "True"


def test_a_field_that_a_chain_map_would_never_look_at_is_refused(bot):
    (data,) = bot.write("ChainMap({'a': 1})")
    with pytest.raises(RefusedEdit, match="ChainMap has no keys to add to"):
        read(data).apply(Edit("add", key="b", text="2"))


@pytest.mark.parametrize("source", CLOSED)
def test_fields_of_pythons_own_objects_do_not_come_and_go(bot, source):
    (data,) = bot.write(source)
    name = read(data).outline("", depth=1, limit=2).as_dict()["rows"][1]["path"]
    assert "add" not in actions_of(data)
    assert not {"remove", "rename"} & set(actions_of(data, name))
    with pytest.raises(RefusedEdit, match=r"has no keys to add to"):
        read(data).apply(Edit("add", key="more", text="2"))
    with pytest.raises(RefusedEdit, match="fixed number of parts"):
        read(data).apply(Edit("remove", name))


@pytest.mark.parametrize("source", OWN)
def test_fields_of_the_bots_own_objects_do(bot, source):
    assert actions_of(bot.write(source)[0]) == ["add"]
