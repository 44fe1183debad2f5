"""A bot: the only place in these tests that unpickles. Run as a process of its own.

It reads one JSON request a line and writes one JSON answer a line. Its classes live in modules that
nobody else can import (`acme.models`) or in its own script, as a bot's do.
"""

import array  # noqa: F401 - names for the expressions that tests send
import base64
import collections
import collections.abc
import copy
import datetime as dt
import decimal
import enum
import fractions
import functools  # noqa: F401
import ipaddress  # noqa: F401
import json
import operator  # noqa: F401
import pathlib
import pickle
import re  # noqa: F401
import sys
import types
import uuid
import zoneinfo
from dataclasses import dataclass

import dill

MODELS = """
import collections, enum
from dataclasses import dataclass

@dataclass
class Ticket:
    title: str
    number: int = 0

class Slotted:
    __slots__ = ("x", "y")
    def __init__(self, x, y):
        self.x, self.y = x, y

class Both(Slotted):
    def __init__(self, x, y, z):
        super().__init__(x, y)
        self.z = z

class Names(list):
    pass

class Table(dict):
    pass

class Label(str):
    pass

class Count(int):
    pass

class Point(collections.namedtuple("Point", "x y")):
    pass

Pair = collections.namedtuple("Pair", "left right")

class Colour(enum.Enum):
    RED = 1
    BLUE = 2

class Right(enum.Flag):
    READ = 1
    WRITE = 2

class Reduced:
    def __init__(self, *args):
        self.args = args
    def __reduce__(self):
        return (Reduced, self.args)

class Stated:
    def __getstate__(self):
        return ["a", "list"]
    def __setstate__(self, state):
        self.state = state

class Worded:
    def __getstate__(self):
        return "a word"
    def __setstate__(self, state):
        self.state = state

@dataclass(frozen=True, slots=True)
class Reminder:
    text: str
    people: tuple

class Trouble(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code
"""


def make_models():
    """`acme.models`: importable here and nowhere else."""
    for name in ("acme", "acme.models"):
        sys.modules[name] = types.ModuleType(name)
    models = sys.modules["acme.models"]
    sys.modules["acme"].models = models
    exec(compile(MODELS, "acme/models.py", "exec"), models.__dict__)
    return models


acme = types.SimpleNamespace(models=make_models())


@dataclass
class Local:
    """A class of the bot's own script: dill stores it with its code."""

    name: str
    size: int = 1

    def double(self):
        return self.size * 2


class Plain:
    def __init__(self, **fields):
        self.__dict__.update(fields)


NAMES = {**globals(), **vars(acme.models), **vars(dt), **vars(collections)}
NAMES.update(
    datetime=dt.datetime,
    Path=pathlib.Path,
    Decimal=decimal.Decimal,
    Fraction=fractions.Fraction,
    UUID=uuid.UUID,
    ZoneInfo=zoneinfo.ZoneInfo,
)
ATOMIC = (
    type(None), bool, int, float, complex, str, bytes, range, slice, dt.date, dt.time,
    dt.timedelta, dt.tzinfo, decimal.Decimal, fractions.Fraction, uuid.UUID,
    pathlib.PurePath, enum.Enum, type, types.FunctionType,
)  # fmt: skip


def picture(value):  # noqa: C901 - one branch for each kind of value
    """Contents, types and which mutable parts are one object, as text."""
    numbers = {}

    def draw(one):
        kind = type(one).__name__
        if isinstance(one, ATOMIC) and not hasattr(one, "__dict__"):
            fold = getattr(one, "fold", "")
            return f"{kind}:{one!r}:{fold}"
        if isinstance(one, ATOMIC):
            return f"{kind}:{one!r}"
        if id(one) in numbers:
            return f"#{numbers[id(one)]}"
        mutable = not isinstance(one, (tuple, frozenset))
        if mutable:
            numbers[id(one)] = len(numbers)
        parts = []
        if isinstance(one, collections.abc.Mapping):
            parts += [f"{draw(k)}={draw(v)}" for k, v in one.items()]
        elif isinstance(one, (set, frozenset)):
            parts += sorted(draw(member) for member in one)
        elif isinstance(one, (list, tuple, collections.deque)):
            parts += [draw(item) for item in one]
        elif isinstance(one, bytearray):
            parts.append(one.hex())
        parts.append(str(getattr(one, "maxlen", "")))
        for name, field in sorted(fields_of(one).items()):
            parts.append(f".{name}={draw(field)}")
        return f"{kind}({','.join(parts)})"

    return draw(value)


def fields_of(one):
    found = dict(getattr(one, "__dict__", {}))
    for cls in type(one).__mro__:
        names = cls.__dict__.get("__slots__", ())
        for name in (names,) if isinstance(names, str) else names:
            if hasattr(one, name):
                found[name] = getattr(one, name)
    return found


def edited(value, steps, action, **how):  # noqa: C901, PLR0915 - one edit in plain Python
    """A copy of `value` with one edit made: what the person meant, in Python."""
    target = value
    trail = []
    for sign, name in steps:
        trail.append((target, sign, name))
        target = getattr(target, name) if sign == "." else target[name] if sign == "[" else name
    if not trail and action in ("change", "replace"):
        return how["new"]
    if action in ("change", "replace", "remove", "rename", "move"):
        owner, sign, name = trail[-1]
    else:
        owner, sign, name = target, "", None
    memo = {}

    def rebuild(one):
        if id(one) in memo:
            return memo[id(one)]
        made = _rebuild(one)
        return memo.setdefault(id(one), made)

    def _rebuild(one):
        here = one is owner
        if isinstance(one, (dict, collections.Counter, collections.OrderedDict)):
            empty = copy.copy(one)
            empty.clear()
            memo[id(one)] = empty
            pairs = list(one.items())
            pairs = change_pairs(pairs) if here and sign != "." else pairs
            for key, item in pairs:
                empty[rebuild(key)] = rebuild(item)
            keeps_all(empty, pairs)
            return with_fields(one, empty, here)
        if isinstance(one, (list, collections.deque)):
            empty = copy.copy(one)
            empty.clear()
            memo[id(one)] = empty
            items = list(one)
            items = change_items(items) if here and sign != "." else items
            empty.extend(rebuild(item) for item in items)
            return with_fields(one, empty, here)
        if isinstance(one, (set, frozenset)):
            items = list(one)
            items = change_members(items) if here else items
            made = type(one)(rebuild(item) for item in items)
            keeps_all(made, items)
            return made
        if isinstance(one, tuple):
            items = list(one)
            if here:
                items = change_items(items) if sign != "." else change_named(one, items)
            items = [rebuild(item) for item in items]
            return type(one)(*items) if hasattr(one, "_fields") else type(one)(items)
        if isinstance(one, (*ATOMIC, bytearray, types.MethodType)):
            return one
        made = copy.copy(one)
        memo[id(one)] = made
        return with_fields(one, made, here)

    def with_fields(one, made, here):
        fields = fields_of(one)
        if here and sign == ".":
            if action == "remove":
                delattr(made, name)
                del fields[name]
            elif action == "rename":
                delattr(made, name)
                fields[how["key"]] = fields.pop(name)
            else:
                fields[name] = how["new"]
        elif here and action == "add" and not isinstance(one, dict):
            fields[how["key"]] = how["new"]
        for field, item in fields.items():
            object.__setattr__(made, field, rebuild(item))
        return made

    def keeps_all(made, items):
        if len(made) < len(items):
            raise ValueError("an edit that should have been refused: of two equal keys one is lost")

    def change_named(one, items):
        items[one._fields.index(name)] = how["new"]
        return items

    def change_items(items):
        if action in ("change", "replace"):
            items[name] = how["new"]
        elif action == "append":
            items.append(how["new"])
        elif action == "insert":
            items.insert(how["index"], how["new"])
        elif action == "remove":
            del items[name]
        elif action == "move":
            items.insert(how["index"], items.pop(name))
        return items

    def change_members(items):
        if action == "append":
            return [*items, how["new"]]
        items.remove(name)
        return items if action == "remove" else [*items, how["new"]]

    def change_pairs(pairs):
        if action == "add":
            return [*pairs, (how["key"], how["new"])]
        place = [key for key, _ in pairs].index(name)
        key, item = pairs[place]
        if action == "remove":
            del pairs[place]
        elif action == "move":
            pairs.insert(how["index"], pairs.pop(place))
        elif action == "rename":
            pairs[place] = (how["key"], item)
        else:
            pairs[place] = (key, how["new"])
        return pairs

    return rebuild(value)


def evaluate(source, **more):
    """The value of an expression, or of `v` after statements."""
    names = {**NAMES, **more}
    if "\n" in source:
        exec(source, names)
        return names["v"]
    return eval(source, names)


def write(request):
    dumps = pickle.dumps if request.get("pickle") else dill.dumps
    value = evaluate(request["source"])
    data = [dumps(value, protocol=protocol) for protocol in request["protocols"]]
    return [base64.b64encode(one).decode() for one in data]


def load(text):
    return dill.loads(base64.b64decode(text))


def ask(request):
    return repr(evaluate(request["source"], v=load(request["data"])))


def judge(request):
    """Whether `after` is `before` with the edit; the two pictures if it is not."""
    before, after = load(request["before"]), load(request["after"])
    edit = request["edit"]
    steps = [
        (sign, evaluate(name) if sign in "[{" else name) for sign, name in edit.get("steps", [])
    ]
    how = {"index": edit["index"]} if "index" in edit else {}
    for name in ("new", "key"):
        if name in edit:
            how[name] = evaluate(edit[name])
    wanted = picture(edited(before, steps, edit["action"], **how))
    got = picture(after)
    return None if wanted == got else [wanted, got]


TASKS = {"write": write, "ask": ask, "judge": judge}


def serve():
    sys.setrecursionlimit(20_000)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"result": TASKS[request.pop("task")](request)}
        except Exception as error:  # noqa: BLE001 - the test sees it, whatever it is
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
