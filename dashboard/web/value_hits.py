"""A search inside values, prepared for its page: how far it is, and what this person may see."""

from dataclasses import dataclass
from itertools import groupby

from dashboard.access import Verb
from dashboard.seeking import MOST_HITS, Hit, Search
from dashboard.seeking.pace import LARGEST
from dashboard.seeking.search import MOST_IN_VALUE
from dashboard.web import links, wording
from dashboard.web.visits import StoreVisit
from storage_core.keys import KeyRef

__all__ = ["SearchView", "ValueHits", "search_view"]

PATH_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Passage:
    """One place in a value; `is_name` where the text is in what the place is called."""

    url: str
    path: str
    is_name: bool
    before: str
    text: str
    after: str


@dataclass(frozen=True, slots=True)
class ValueHits:
    """One value with the places in it."""

    mark: str
    url: str
    name: str
    place: str
    passages: list[Passage]


@dataclass(frozen=True, slots=True)
class SearchView:
    """A search as it is now. `share` is in percent, None while the sum is not known."""

    is_running: bool
    is_everything: bool
    """Whether all values were looked at, to their ends."""
    title: str
    text: str
    share: int | None
    tone: str
    remarks: list[str]
    trouble: str
    values: list[ValueHits]


def search_view(visit: StoreVisit, search: Search) -> SearchView:
    """Everything that the page says about a search."""
    hits = hits_seen(visit, search)
    values = [
        value_hits(visit, key, list(found))
        for key, found in groupby(hits, key=lambda hit: hit.stored_key)
    ]
    places = wording.plural(len(hits), "place")
    found = f"{places} in {wording.plural(len(values), 'value')}" if hits else "Nothing so far"
    if not search.is_running:
        found = found if hits else "Nothing found"
    return SearchView(
        is_running=search.is_running,
        is_everything=search.state == "done" and not (search.too_large or search.unreadable),
        title=found,
        text=progress_text(search) if search.is_running else end_text(search),
        share=min(100, round(100 * search.looked / search.total)) if search.total else None,
        tone={"failed": "danger", "full": "warn", "left": "warn"}.get(search.state, ""),
        remarks=remarks_on(search),
        trouble=wording.visible(search.trouble),
        values=values,
    )


def hits_seen(visit: StoreVisit, search: Search) -> list[Hit]:
    """The hits that are this person's to see at this moment.

    What is masked is not among them: `Search.ask` lets the reader find none of it, for even that it
    was found would tell what it is.
    """
    may, store = visit.rights.may, visit.store.name
    seen: dict[str | None, bool] = {}
    for namespace in {hit.namespace for hit in search.hits}:
        seen[namespace] = may(Verb.SEE_NAMES, store, namespace) and may(
            Verb.SEE_VALUES, store, namespace
        )
    return [hit for hit in search.hits if seen[hit.namespace]]


def value_hits(visit: StoreVisit, stored_key: str, hits: list[Hit]) -> ValueHits:
    ref, store = KeyRef.parse(stored_key), visit.store.name
    place = "shared" if ref.namespace is None else wording.plugin_name(ref.namespace)[0]
    return ValueHits(
        mark=links.mark_of(stored_key),
        url=links.key_url(store, stored_key),
        name=wording.key_name(ref.key),
        place=place,
        passages=[
            Passage(
                url=links.key_url(store, stored_key, path=hit.path or None),
                path=path_shown(hit.path),
                is_name=hit.is_name,
                before=wording.visible(hit.before),
                text=wording.visible(hit.text),
                after=wording.visible(hit.after),
            )
            for hit in hits
        ],
    )


def path_shown(path: str) -> str:
    """A path, of a long one its end."""
    return wording.visible(path if len(path) <= PATH_SHOWN else f"…{path[-PATH_SHOWN:]}")


def progress_text(search: Search) -> str:
    """`12,400 of 41,208 values looked at, 9,800 a second, about 3 s left.`"""
    if not search.are_keys_known:
        return "It begins when the names of all keys are known."
    if not search.total:
        return "It begins at once."
    values = wording.plural(search.total, "value")
    parts = [f"{wording.count(search.looked)} of {values} looked at"]
    if search.speed.rate >= 1:
        parts.append(f"{search.speed.rate:,.0f} a second")
    left = search.seconds_left
    if left is not None and left >= 1:
        parts.append(f"about {wording.duration(left)} left")
    return ", ".join(parts) + "."


def end_text(search: Search) -> str:
    """How it ended."""
    looked = f"{wording.count(search.looked)} of {wording.plural(search.total, 'value')}"
    return {
        "done": f"All {wording.plural(search.looked, 'value')} were looked at."
        if search.looked != 1
        else "The one value was looked at.",
        "full": f"It stopped at {MOST_HITS} places, with {looked} looked at. A longer text finds"
        " less.",
        "stopped": f"It was stopped after {looked}.",
        "left": f"It ended after {looked}, since nobody looked at this page for a minute.",
        "failed": f"It failed after {looked}; the server's log says why.",
        "running": "",
    }[search.state]


def remarks_on(search: Search) -> list[str]:
    """What was not looked at, or not to its end."""
    remarks = []
    if search.too_large:
        verb = "was" if search.too_large == 1 else "were"
        large = wording.plural(search.too_large, "value")
        remarks.append(f"{large} larger than {wording.size(LARGEST)} {verb} not looked into.")
    if search.unreadable:
        remarks.append(f"{wording.plural(search.unreadable, 'value')} could not be read.")
    if search.cut:
        values = wording.plural(search.cut, "value")
        remarks.append(f"Of {values} with many places the first {MOST_IN_VALUE} are shown.")
    return remarks
