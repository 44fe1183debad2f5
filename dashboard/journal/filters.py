"""Which of the journal's lines somebody asks for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import BinaryField, F, Func, IntegerField, Q, Value

from dashboard.journal.models import Answer, Deed, Entry, Kind

__all__ = ["PENDING", "SHARED", "Filters"]

PENDING: Final = "pending"
SHARED: Final = "shared"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the lines have in common; what is empty is not asked.

    `person` and `namespace` are parts of a name, `shared` being the shared keys. `key` is a part of
    the stored key, byte for byte. `answer` is an `Answer` or `pending`. `until` is left out itself.
    """

    person: str = ""
    store: str = ""
    namespace: str = ""
    key: bytes = b""
    deed: str = ""
    answer: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def condition(self) -> Q:
        """As a condition on the journal's lines, with `last_answer` known."""
        asked: dict[str, Any] = {
            "person_name__icontains": self.person,
            "store": self.store,
            "deed": self.deed if self.deed in Deed else "",
            "at__gte": self.since,
            "at__lt": self.until,
        }
        condition = Q(**{name: value for name, value in asked.items() if value})
        if self.namespace:
            condition &= self.in_namespace()
        if self.key:
            condition &= Q(pk__in=holding(self.key).values("pk"))
        return condition & self.answered() if self.answer else condition

    def in_namespace(self) -> Q:
        if self.namespace == SHARED:
            return Q(namespace="") & ~Q(key_digest="")
        return Q(namespace__icontains=self.namespace)

    def answered(self) -> Q:
        if self.answer == PENDING:
            return Q(kind=Kind.INTENT, last_answer=None)
        # What changes no store says itself what became of it: nothing where it was done.
        noted = "" if self.answer == Answer.SAVED else self.answer
        return Q(last_answer=self.answer) | (~Q(kind=Kind.INTENT) & Q(answer=noted))


class PositionIn(Func):
    """Where some bytes begin in others, counted from 1; 0 if they are not there."""

    function = "INSTR"
    output_field = IntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """PostgreSQL has no INSTR, and its STRPOS is for text only."""
        whole, part = self.source_expressions
        turned = PositionIn(part, whole)
        return turned.as_sql(
            compiler, connection, template="POSITION(%(expressions)s)", arg_joiner=" IN ", **context
        )


def holding(part: bytes) -> Any:
    """The entries whose stored key has these bytes in it."""
    place = PositionIn(F("key"), Value(part, output_field=BinaryField()))
    return Entry.objects.alias(place=place).filter(place__gt=0)
