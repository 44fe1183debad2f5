"""A window of a value's tree, prepared as nested folds for the template.

The core gives rows in document order with levels. A container whose children follow becomes an open
fold, one whose children are further down a fold that gets them when it is opened. What is more
than `LEVELS` levels in is a link to a page of its own: its lines would have no room here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from dashboard.web import links, wording
from dashboard.web.permits import Permit
from dashboard.web.visits import KeyVisit

__all__ = ["LEVELS", "Deed", "Node", "TreeView", "address_of", "level_of", "menu_of", "tree_of"]

LEVELS: Final = 12
"""Folds in folds, counted from the part that a page shows."""

GROUPS: Final = frozenset(
    ("str", "num", "word", "time", "name", "bytes", "container", "object", "note", "masked")
)
DEEDS: Final = {
    "append": ("Add at the end", "list-plus"),
    "insert": ("Add before a place", "between-horizontal-start"),
    "add": ("Add under a new key", "plus"),
    "rename": ("Rename", "text-cursor-input"),
    "move": ("Move", "arrow-up-down"),
    "remove": ("Remove", "minus"),
}


@dataclass(frozen=True, slots=True)
class Deed:
    """One entry of a line's menu."""

    title: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class Node:
    """One line of the tree.

    `closes` has an entry for each fold that ends after this line: the address of the children that
    it has beyond those shown, or nothing.
    """

    mark: str
    path: str
    label: str
    kind: str
    type: str
    text: str
    group: str
    notes: list[str]
    is_fold: bool
    is_far: bool
    has_children: bool
    kids_url: str
    focus_url: str
    edit_url: str
    menu_url: str
    refusal: str
    is_cut: bool
    closes: list[str]


@dataclass(frozen=True, slots=True)
class TreeView:
    """The lines, and the address of those that follow where there are more."""

    nodes: list[Node]
    more_url: str = ""

    @property
    def html(self) -> SafeString:
        """The lines as they stand on a page, from a template that escapes what is in them."""
        lines = get_template("tree.html", using="lines").render({"tree": self})
        return mark_safe(lines)  # noqa: S308 - Django does not know that Jinja2 has escaped it


def tree_of(
    visit: KeyVisit,
    outline: Mapping[str, Any],
    permit: Permit,
    path: str = "",
    *,
    only_children: bool = False,
    level: int = 0,
) -> TreeView:
    """The tree from an outline of the part at `path`, without the line of the part if asked.

    `level` says how far in that part is on the page.
    """
    rows: Sequence[Mapping[str, Any]] = [
        row for row in outline["rows"] if level + row["level"] <= LEVELS
    ]
    if only_children and rows and rows[0]["path"] == path:
        rows = rows[1:]
    more = outline.get("more")
    rest = rest_of(visit, path, more, level) if more is not None else ""
    shown = children_shown(rows)
    folds: list[int] = []
    nodes = []
    for index, row in enumerate(rows):
        following = rows[index + 1]["level"] if index + 1 < len(rows) else 0
        if following > row["level"]:
            folds.append(index)
            ended: list[int] = []
        else:
            ended = [fold for fold in reversed(folds) if rows[fold]["level"] >= following]
            del folds[len(folds) - len(ended) :]
        closes = [more_of(visit, rows[fold], shown[fold], path, rest, level) for fold in ended]
        has_children = bool(shown[index])
        nodes.append(node_of(visit, row, permit, level, has_children=has_children, closes=closes))
    starts_at_part = bool(rows) and rows[0]["path"] == path and bool(shown) and shown[0] > 0
    return TreeView(nodes, "" if starts_at_part else rest)


def children_shown(rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """For each row, how many of its own children are among the rows."""
    shown = [0] * len(rows)
    above: list[int] = []
    for index, row in enumerate(rows):
        while above and rows[above[-1]]["level"] >= row["level"]:
            above.pop()
        if above:
            shown[above[-1]] += 1
        above.append(index)
    return shown


def rest_of(visit: KeyVisit, path: str, offset: int, level: int) -> str:
    """The address of a part's children from `offset` on, `level` being that of the part."""
    return address_of(visit, "key-tree", path, offset=offset, **({"level": level} if level else {}))


def level_of(asked: str) -> int:
    """The level that an address names: the whole page's where it names none, or nonsense."""
    return min(int(asked), LEVELS) if asked.isascii() and asked.isdecimal() else 0


def more_of(
    visit: KeyVisit, row: Mapping[str, Any], shown: int, path: str, rest: str, level: int
) -> str:
    """The address of a fold's further children; empty when all are there."""
    if row["path"] == path:
        return rest
    return rest_of(visit, row["path"], shown, level + row["level"]) if row["has_more"] else ""


def node_of(
    visit: KeyVisit,
    row: Mapping[str, Any],
    permit: Permit,
    level: int,
    *,
    has_children: bool,
    closes: list[str],
) -> Node:
    path = row["path"]
    can_edit = permit.allowed and row["can_edit"] and row["is_leaf"]
    is_full = not row["is_leaf"] and bool(row["count"])
    inside = level + row["level"]
    return Node(
        mark=links.mark_of(path),
        path=wording.visible(path),
        label=wording.visible(row["label"]),
        kind=wording.visible(row["kind"]),
        type=type_of(row),
        text=wording.visible(row["text"]),
        group=row["group"] if row["group"] in GROUPS else "name",
        notes=[wording.visible(note) for note in row["notes"]],
        is_fold=is_full and inside < LEVELS,
        is_far=is_full and inside >= LEVELS,
        has_children=has_children,
        kids_url=""
        if has_children
        else address_of(visit, "key-tree", path, **({"level": inside} if inside else {})),
        focus_url=address_of(visit, "key", path),
        edit_url=address_of(visit, "key-edit", path) if can_edit else "",
        menu_url=address_of(visit, "key-menu", path),
        refusal=wording.sentence(permit.why or row["refusal"] or ""),
        is_cut=row["truncated"],
        closes=closes,
    )


def type_of(row: Mapping[str, Any]) -> str:
    """The type beside a leaf, where its text does not say it already."""
    kind = row["kind"]
    is_said = row["text"].startswith((kind, f"<{kind}")) or row["group"] == "word"
    return "" if is_said else wording.visible(kind)


def address_of(visit: KeyVisit, name: str, path: str, **more: str | int) -> str:
    return links.key_url(visit.store.name, visit.stored_key, name, path=path, **more)


def menu_of(visit: KeyVisit, row: Mapping[str, Any]) -> list[Deed]:
    """What can be done with this part beside editing it in place."""
    path, actions = row["path"], row["actions"]
    menu = []
    if "change" in actions and row["text_refusal"] is None:
        title = "Edit as typed text" if row["is_leaf"] else "Edit this part as text"
        menu.append(Deed(title, address_of(visit, "key-edit", path, as_="source"), "code"))
    for name, (title, icon) in DEEDS.items():
        if name not in actions:
            continue
        deed = "field" if name == "add" and row["group"] == "object" else name
        said = "Add a field" if deed == "field" else title
        menu.append(Deed(said, address_of(visit, "key-shape", path, do=deed), icon))
    return menu
