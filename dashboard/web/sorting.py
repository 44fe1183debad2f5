"""The table of a store's plugins, sorted by one of its columns."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from dashboard.catalog import NamespaceRow
from dashboard.web import links
from dashboard.web.listing import Column

__all__ = ["PluginSort"]

BY: Final[dict[str, Callable[[NamespaceRow], Any]]] = {
    "name": lambda row: row.namespace.rpartition(".")[2].casefold(),
    "keys": lambda row: row.keys,
    "size": lambda row: row.size,
    "changed": lambda row: row.changed_at or 0.0,
}
HEADS: Final = (
    ("name", "Plugin"),
    ("keys", "Keys"),
    ("size", "Size"),
    ("writes", "Writes / min"),
    ("changed", "Changed"),
)


@dataclass(frozen=True, slots=True)
class PluginSort:
    """What an address says of the order; without a column the one by full names."""

    column: str = ""
    descending: bool = False

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Self:
        """The order of an address; what it says that there is not is left out."""
        column = asked.get("sort", "")
        return cls(column, asked.get("desc") == "1") if column in BY else cls()

    @property
    def query(self) -> dict[str, str | int | None]:
        """The parameters for an address of the same table."""
        return {"sort": self.column or None, "desc": 1 if self.descending else None}

    def sorted(self, rows: Iterable[NamespaceRow]) -> list[NamespaceRow]:
        """The rows in this order; equal ones by their full names. The shared keys have none."""
        by_name = sorted(rows, key=lambda row: row.namespace)
        if not self.column:
            return by_name
        return sorted(by_name, key=BY[self.column], reverse=self.descending)

    def heads(self, store: str, query: Mapping[str, str | None]) -> list[Column]:
        """The heads of the table. Pressing the sorted column turns it round.

        `query` is what else the address says: its search.
        """
        return [self.head(store, query, name, title) for name, title in HEADS]

    def head(self, store: str, query: Mapping[str, str | None], name: str, title: str) -> Column:
        if name not in BY:
            return Column(name, title, is_number=True, sorted="", url="")
        is_sorted = name == self.column
        turned = not self.descending if is_sorted else name != "name"
        address = links.url("store", store, **query, sort=name, desc=1 if turned else None)
        state = ("descending" if self.descending else "ascending") if is_sorted else ""
        return Column(name, title, is_number=name != "name", sorted=state, url=address)
