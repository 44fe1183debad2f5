"""What a page watches, as far as its person may know of it.

A mark of a store tells that something in it changed, and one of the journal that somebody did
something. So whoever sees a part of a store only watches the namespaces of that part.
"""

from dashboard import catalog, marks, stores
from dashboard.access import Verb
from dashboard.marks import Topic
from dashboard.web.visits import Visit

__all__ = ["journal_topics", "store_topics"]

MOST = 80
"""Namespaces that one page watches; a socket takes a few hundred topics in all."""


def store_topics(visit: Visit, store: str, *whole: Topic) -> list[Topic]:
    """What tells that the picture of a store is stale. `whole` are its topics for those who see all
    of it.
    """
    if visit.rights.may_everywhere(Verb.SEE_NAMES, store):
        return list(whole)
    return [marks.namespace_topic(store, one) for one in places_in(visit, Verb.SEE_NAMES, store)]


def journal_topics(visit: Visit) -> list[Topic]:
    """What tells of new lines of the journal that this person sees."""
    if visit.rights.administers:
        return [marks.journal_topic()]
    found: list[Topic] = []
    for name in [store.name for store in stores.all_stores()]:
        if visit.rights.may_everywhere(Verb.SEE_JOURNAL, name):
            found.append(marks.store_journal_topic(name))
        else:
            places = places_in(visit, Verb.SEE_JOURNAL, name)
            found += [marks.place_journal_topic(name, one) for one in places]
    return found[:MOST]


def places_in(visit: Visit, verb: Verb, store: str) -> list[str | None]:
    """The namespaces of a store, and None for the shared keys, about which this person may this."""
    if not visit.rights.may_somewhere(verb, store):
        return []
    names = [None, *(row.namespace for row in catalog.of(store).namespaces())]
    return [one for one in names if visit.rights.may(verb, store, one)][:MOST]
