"""Random values and random edits of them, as source texts: the bot makes them, we edit them.

All comes from one `random.Random`, so that a seed repeats a case and hypothesis can shrink it.
"""

import json
import random

from storage_core.values import Edit, Value
from storage_core.values.notation import spell
from storage_core.values.outline import Row
from storage_core.values.paths import split

WORDS = ("a", "user", "votes", "x" * 40, "", "é", "line\nbreak", "'", '"', "\\", "\udc80", "0")
INTS = (0, 1, -1, 255, 256, 65536, -(2**31), 2**40, -(2**80))
NAMES = ("title", "number", "owner", "tags", "when")


def _timedelta(days, seconds):
    return f'timedelta("{days} days, 0:00:0{seconds}")', f"timedelta({days}, {seconds})"


def _twice(text):
    return text, text


def _uuid(r):
    number = r.getrandbits(128)
    digits = f"{number:032x}"
    text = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    return f'UUID("{text}")', f"UUID(int={number})"


def _time(r, name, pattern, *limits):
    text = pattern % tuple(r.randint(1, limit) for limit in limits)
    return f'{name}("{text}")', f"{name}.fromisoformat('{text}')"


def _datetime(r):
    text = f"2026-{r.randint(1, 12):02}-{r.randint(1, 28):02}T0{r.randint(0, 9)}:30:00"
    zone = r.randint(0, 2)
    if zone == 0:
        return f'datetime("{text}")', f"datetime.fromisoformat('{text}')"
    if zone == 1:
        return f'datetime("{text}+02:00")', f"datetime.fromisoformat('{text}+02:00')"
    made = f"datetime.fromisoformat('{text}').replace(tzinfo=ZoneInfo('Asia/Tokyo'))"
    return f'datetime("{text}", zone="Asia/Tokyo")', made


LEAVES = {
    "None": lambda _: ("None", "None"),
    "bool": lambda r: _twice(r.choice(("True", "False"))),
    "int": lambda r: _twice(str(r.choice(INTS) + r.randint(0, 9))),
    "float": lambda r: _twice(repr(r.choice((0.5, -2.25, 1e300, 3.0)) * r.randint(1, 9))),
    "str": lambda r: _twice(repr(r.choice(WORDS) + str(r.randint(0, 99)))),
    "bytes": lambda r: _twice(repr(bytes([r.randint(0, 255)]) * r.randint(0, 3))),
    "complex": lambda r: _twice(f"({r.randint(0, 9)}+{r.randint(1, 9)}j)"),
    "Decimal": lambda r: _twice(f'Decimal("{r.randint(-99, 99)}.{r.randint(0, 99)}")'),
    "UUID": _uuid,
    "Path": lambda r: _twice(f'Path("/srv/{r.randint(0, 99)}")'),
    "Fraction": lambda r: _twice(f'Fraction("{r.randint(1, 9)}/{r.choice((11, 13))}")'),
    "date": lambda r: _time(r, "date", "2026-%02d-%02d", 12, 28),
    "timedelta": lambda r: _timedelta(r.randint(2, 99), r.randint(0, 9)),
    "datetime": _datetime,
}  # fmt: skip


def leaf(r: random.Random, kind: str | None = None) -> tuple[str, str]:
    """A leaf in the typed notation and in Python."""
    return LEAVES[kind or r.choice(list(LEAVES))](r)


def key(r: random.Random) -> str:
    """A dict key, written alike in both notations."""
    kind = r.choice(("str", "str", "str", "int", "tuple"))
    if kind == "tuple":
        return f"({r.randint(0, 9)}, {leaf(r, 'str')[1]})"
    return leaf(r, kind)[1]


def typed(r: random.Random, depth: int = 2) -> tuple[str, str]:  # noqa: PLR0911 - one for each kind
    """Something that a person could type, in the typed notation and in Python."""
    if depth == 0 or r.random() < 0.6:
        return leaf(r)
    parts = [typed(r, depth - 1) for _ in range(r.choice((0, 1, 2, 3, 5)))]
    sides = [", ".join(part[side] for part in parts) for side in (0, 1)]
    kind = r.choice(("list", "tuple", "dict", "set", "deque", "OrderedDict"))
    if kind == "list":
        return f"[{sides[0]}]", f"[{sides[1]}]"
    if kind == "tuple":
        return (f"({sides[0]},)", f"({sides[1]},)") if parts else ("()", "()")
    if kind == "set":
        members = ", ".join(sorted({key(r) for _ in range(3)}))
        return f"{{{members}}}", f"{{{members}}}"
    if kind == "deque":
        return f"deque([{sides[0]}], maxlen=9)", f"deque([{sides[1]}], 9)"
    keys = list(dict.fromkeys(key(r) for _ in parts))
    pairs = list(zip(keys, parts, strict=False))
    if kind == "dict":
        return tuple(  # type: ignore[return-value]
            "{" + ", ".join(f"{k}: {part[side]}" for k, part in pairs) + "}" for side in (0, 1)
        )
    return tuple(  # type: ignore[return-value]
        "OrderedDict([" + ", ".join(f"({k}, {part[side]})" for k, part in pairs) + "])"
        for side in (0, 1)
    )


class Source:
    """Statements that build one value `v`, with sharing and cycles."""

    def __init__(self, r: random.Random) -> None:
        self.r = r
        self.lines: list[str] = []
        self.names: list[str] = []

    def build(self) -> str:
        top = self.name(self.thing(4))
        for name in self.names:
            if self.r.random() < 0.05:
                inner = self.r.choice(self.names)
                self.lines.append(f"if type({name}) is list: {name}.append({inner})")
        return "\n".join([*self.lines, f"v = {top}"])

    def name(self, expression: str) -> str:
        name = f"n{len(self.lines)}"
        self.lines.append(f"{name} = {expression}")
        self.names.append(name)
        return name

    def thing(self, depth: int) -> str:
        r = self.r
        if self.names and r.random() < 0.15:
            return r.choice(self.names)
        if depth == 0 or r.random() < 0.3:
            made = leaf(r)[1]
            return self.name(made) if r.random() < 0.1 else made
        made = self.container(depth)
        return self.name(made) if r.random() < 0.5 else made

    def container(self, depth: int) -> str:
        r = self.r
        items = [self.thing(depth - 1) for _ in range(r.choice((0, 1, 2, 3, 4, 7)))]
        text = ", ".join(items)
        pairs = ", ".join(f"{key(r)}: {item}" for item in items)
        members = ", ".join({key(r) for _ in items})
        fields = ", ".join(f"{name}={item}" for name, item in zip(NAMES, items, strict=False))
        number = leaf(r, "int")[1]
        return r.choice(
            [
                f"[{text}]",
                f"[{text}]",
                f"({text},)" if items else "()",
                f"{{{pairs}}}",
                f"{{{pairs}}}",
                f"{{{members}}}" if members else "set()",
                f"frozenset(({members},))" if members else "frozenset()",
                f"OrderedDict({{{pairs}}})",
                f"defaultdict(list, {{{pairs}}})",
                f"deque([{text}], 50)",
                f"Counter({{{members.replace(', ', ': 1, ') if 0 else ''}}})",
                f"Plain({fields})",
                f"Ticket({leaf(r, 'str')[1]}, {number})",
                f"Slotted({self.thing(depth - 1)}, {number})",
                f"Both({number}, 2, {self.thing(depth - 1)})",
                f"Pair({self.thing(depth - 1)}, {number})",
                f"Names([{text}])",
                f"Table({{{pairs}}})",
            ]
        )


def random_edit(r: random.Random, value: Value) -> tuple[Edit, dict] | None:
    """An edit that a page offers, for us and (as what it means in Python) for the bot."""
    rows = [row for row in value.outline(depth=12, limit=400).rows if row.actions]
    rows = [row for row in rows if meaning_of_path(row, value) is not None]
    if not rows:
        return None
    row = r.choice(rows)
    action = r.choice(row.actions)
    if row.kind in ("tuple", "frozenset") and not row.count and action not in ("change", "remove"):
        return None  # for Python all empty tuples are one object: the bot cannot tell which
    steps = meaning_of_path(row, value)
    if row.path.endswith("}") and action not in ("change", "replace", "remove"):
        return None  # inside a member of a set: Python has no name for the member itself
    if action == "change" and r.random() < 0.4:
        action = "replace"
    text, made = typed(r)
    if action == "change":
        if not row.is_leaf or row.kind not in LEAVES:
            action = "replace"
        else:
            text, made = leaf(r, row.kind)
    name = key(r)
    field = (
        row.kind not in ("dict", "OrderedDict", "Counter", "defaultdict")
        and "Table" not in row.kind
    )
    if action == "rename":
        field = row.path.endswith(tuple(f".{name}" for name in (*NAMES, "x", "y", "z")))
    if action in ("add", "rename") and field:
        name = repr(r.choice(("extra", "more")))
    count = row.count or 0
    index = r.randint(0, count)
    if action == "move":
        index = r.randint(0, 3)
    edit = Edit(action, row.path, text, name, index, change_type=False)
    meaning = {"action": action, "steps": steps, "new": made, "index": index, "key": name}
    return edit, meaning


def meaning_of_path(row: Row, value: Value) -> list[list[str]] | None:
    """The steps to a row in Python; None for places that Python has no name for."""
    steps = []
    for sign, name in split(row.path):
        if sign == "[":
            steps.append(["[", spell(name)])
        elif sign == ".":
            steps.append([".", name])
        elif sign == "{" and row.path.endswith(f"{{{name}}}") and "frozen" not in row.kind:
            steps.append(["{", value_text(row, value)])
        else:
            return None
    return json.loads(json.dumps(steps))


def value_text(row: Row, value: Value) -> str:
    text = row.edit_text
    return text if text is not None else row.text
