"""A bot (see `bot`) whose plugins use numpy, pydantic and attrs: the real libraries."""

import sys
import types

import attrs
import bot
import numpy as np
import pydantic

MODELS = """
import attrs, pydantic

class Vote(pydantic.BaseModel):
    user: str
    points: int = 0
    tags: list[str] = []

class Poll(pydantic.BaseModel):
    title: str
    votes: list[Vote] = []
    best: Vote | None = None

class Counted(pydantic.BaseModel):
    name: str
    _seen: int = pydantic.PrivateAttr(default=0)

class Open(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="allow")
    name: str

class Frozen(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True)
    name: str

@attrs.define
class Rota:
    name: str
    days: list[str] = attrs.field(factory=list)

@attrs.frozen
class Seal:
    name: str

@attrs.define(slots=False)
class Loose:
    name: str
    size: int = 1

@attrs.define
class Nested:
    rota: Rota
    more: dict[str, Rota] = attrs.field(factory=dict)
"""


def make_models():
    """`acme.libraries`: importable here and nowhere else."""
    models = types.ModuleType("acme.libraries")
    sys.modules["acme.libraries"] = models
    sys.modules["acme"].libraries = models  # where dill looks for it
    exec(compile(MODELS, "acme/libraries.py", "exec"), models.__dict__)
    return vars(models)


def counted(name, seen):
    made = bot.NAMES["Counted"](name=name)
    made._seen = seen
    return made


if __name__ == "__main__":
    bot.NAMES.update(make_models(), np=np, attrs=attrs, pydantic=pydantic, counted=counted)
    bot.serve()
