"""The audit of shared keys, prepared: rows, filters, and what changed since the last review."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dashboard.access import Verb
from dashboard.audit.models import Review
from dashboard.audit.reviews import Since, Word, changes_since, last_review
from dashboard.audit.shared import MOST, SharedKey, shared_keys
from dashboard.web import links, wording
from dashboard.web.places import FRESH
from dashboard.web.visits import StoreVisit
from dashboard.web.wording import Moment, moment

__all__ = ["Asked", "Audit", "AuditRow", "audit_of", "context_of"]

WORDS: Final[Mapping[Word, str]] = {
    "new": "new",
    "changed": "changed",
    "unsure": "cannot be told",
    "expired": "expired",
    "gone": "gone",
}
"""What became of a key since the review, as pages say it."""
AWAY: Final = frozenset({"expired", "gone"})


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters: text in the name, a kind of value, and only what changed since the review."""

    text: str = ""
    kind: str = ""
    only_news: bool = False

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Asked":
        return cls(given.get("q", "").strip(), given.get("kind", ""), given.get("news") == "1")

    @property
    def query(self) -> dict[str, str | None]:
        """As parameters of an address."""
        news = "1" if self.only_news else None
        return {"q": self.text or None, "kind": self.kind or None, "news": news}

    @property
    def words(self) -> str:
        """As a sentence for a printed page and for the journal."""
        said = [f"“{wording.visible(self.text)}” in the name"] if self.text else []
        said += [f"kind {wording.visible(self.kind)}"] if self.kind else []
        said += ["changed since the last review"] if self.only_news else []
        return ", ".join(said) or "all shared keys"


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One shared key as the page shows it. `since` is empty where nothing changed.

    Where nobody saw its last change, it was between `missed_from` and `changed`.
    """

    mark: str
    stored_key: str
    name: str
    url: str
    watch_url: str
    kind: str
    size: str
    octets: int | None
    expires: Moment | None
    expires_at: float | None
    first_seen: Moment | None
    changed: Moment | None
    missed_from: Moment | None
    changes: str
    author: str
    since: str
    since_by: str
    is_fresh: bool
    is_watched: bool


@dataclass(frozen=True, slots=True)
class Audit:
    """All of it. `keys` are those that were audited; `count` of them pass the filters, of which the
    first are in `rows`.
    """

    keys: Sequence[SharedKey]
    count: int
    rows: list[AuditRow]
    gone: list[AuditRow]
    kinds: list[str]
    review: Review | None
    news: str
    is_cut: bool


async def audit_of(
    visit: StoreVisit, asked: Asked, watched: frozenset[str], *, limit: int | None = None
) -> Audit:
    """The shared keys that are asked for, as this person may see them."""
    store = visit.store.name
    keys = await shared_keys(store)
    review = await last_review(store)
    changes = await changes_since(review, keys) if review is not None else []
    since = {change.stored_key: change for change in changes}
    view = RowView(visit, since, watched)
    shown = [key for key in keys if is_asked(key, asked, since, sees_kinds=view.sees_values)]
    gone = [change for change in changes if change.word in AWAY and is_named(change, asked)]
    return Audit(
        keys=keys,
        count=len(shown),
        rows=[view.row_of(key) for key in shown[:limit]],
        gone=[view.row_of_gone(change) for change in gone] if not asked.kind else [],
        kinds=sorted({key.kind for key in keys if key.kind}) if view.sees_values else [],
        review=review,
        news=news_of(changes),
        is_cut=len(keys) >= MOST,
    )


def is_asked(key: SharedKey, asked: Asked, since: Mapping[str, Since], *, sees_kinds: bool) -> bool:
    if asked.text and asked.text not in key.name:
        return False
    if asked.kind and not (sees_kinds and key.kind == asked.kind):
        return False
    return not asked.only_news or key.name in since


def first_seen_of(key: SharedKey) -> float | None:
    """When a key was first seen, which is no later than it was seen changing."""
    if key.sighting is None:
        return None
    first = key.sighting.first_seen.timestamp()
    return first if key.changed_at is None else min(first, key.changed_at)


def is_named(change: Since, asked: Asked) -> bool:
    return not asked.text or asked.text in change.stored_key


def news_of(changes: Sequence[Since]) -> str:
    """`2 new, 1 changed` since the review; empty for nothing."""
    words = [change.word for change in changes]
    counts = [(word, words.count(word)) for word in WORDS]
    return ", ".join(f"{count:,} {WORDS[word]}" for word, count in counts if count)


class RowView:
    """Makes rows for one person: who may not see values or the journal, is told less."""

    def __init__(
        self, visit: StoreVisit, since: Mapping[str, Since], watched: frozenset[str]
    ) -> None:
        store = visit.store.name
        self.visit = visit
        self.since = since
        self.watched = watched
        self.sees_values = visit.rights.may(Verb.SEE_VALUES, store, None)
        self.sees_people = visit.rights.may(Verb.SEE_JOURNAL, store, None)

    def row_of(self, key: SharedKey) -> AuditRow:
        visit = self.visit
        store, changed_at = visit.store.name, key.changed_at
        change = self.since.get(key.name)
        return AuditRow(
            mark=links.mark_of(key.name),
            stored_key=key.name,
            name=wording.key_name(key.name),
            url=links.key_url(store, key.name),
            watch_url=links.key_url(store, key.name, "key-watch"),
            kind=wording.visible(key.kind or "") if self.sees_values else "",
            size=wording.size(key.row.size),
            octets=key.row.size,
            expires=moment(key.row.expires_at, now=visit.now, ahead=True),
            expires_at=key.row.expires_at,
            first_seen=moment(first_seen_of(key), now=visit.now),
            changed=moment(changed_at, now=visit.now),
            missed_from=moment(key.missed_from, now=visit.now),
            changes=wording.count(key.changes) if key.changes else "–",
            author=self.author_of(key),
            since=WORDS[change.word] if change else "",
            since_by=self.people_of(change),
            is_fresh=changed_at is not None and visit.now - changed_at < FRESH,
            is_watched=key.name in self.watched,
        )

    def row_of_gone(self, change: Since) -> AuditRow:
        name, store = change.stored_key, self.visit.store.name
        return AuditRow(
            mark=links.mark_of(name),
            stored_key=name,
            name=wording.key_name(name),
            url=links.url("journal", store=store, key=name) if self.sees_people else "",
            watch_url="",
            kind="",
            size="–",
            octets=None,
            expires=None,
            expires_at=None,
            first_seen=None,
            changed=None,
            missed_from=None,
            changes="–",
            author="",
            since=WORDS[change.word],
            since_by=self.people_of(change),
            is_fresh=False,
            is_watched=name in self.watched,
        )

    def author_of(self, key: SharedKey) -> str:
        """Who stored what is there now, as far as it is known."""
        if key.author:
            return wording.visible(key.author) if self.sees_people else "a person"
        plugins = [plugin for plugin in sorted(key.writers) if self.visit.sees(plugin)]
        if plugins:
            return " or ".join(wording.plugin_name(plugin)[0] for plugin in plugins)
        return "the bot" if key.changes and key.is_compared else ""

    def people_of(self, change: Since | None) -> str:
        if change is None:
            return ""
        names = [wording.visible(name) for name in change.people]
        if names and not self.sees_people:
            names = ["a person"]
        return " and ".join([*names, "the bot"] if change.by_bot else names)


def context_of(audit: Audit, visit: StoreVisit) -> dict[str, Any]:
    """What the page says of the last review."""
    review = audit.review
    return {
        "who": wording.visible(review.person_name) if review else "",
        "at": moment(review.at, now=visit.now) if review else None,
        "remark": wording.visible(review.remark) if review else "",
        "news": audit.news,
        "is_there": review is not None,
    }
