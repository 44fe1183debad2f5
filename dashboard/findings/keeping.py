"""Findings about space and time: what should be gone, what only grows, what is large."""

from collections import Counter
from collections.abc import Iterator
from heapq import nlargest
from typing import Final

from dashboard.catalog.chronicle import Growth
from dashboard.findings.contents import name_of, several, title_of
from dashboard.findings.facts import Facts, Place
from dashboard.findings.finding import Evidence, Finding, Severity, Step, magnitude

__all__ = ["fast_growing", "growing_values", "large_values", "only_growing", "overdue"]

LARGE: Final = 64 * 1024
"""Bytes from which a value is worth a word."""
VERY_LARGE: Final = 1024 * 1024
"""Bytes from which a value slows a bot down."""
MOST: Final = 5
WATCHED: Final = 600.0
"""Seconds that a namespace has to be watched before its growth says something."""
GROWN_KEYS: Final = 10
MANY_KEYS: Final = 50
MOSTLY: Final = 0.9
GROWN_BYTES: Final = 10_000
GROWN_SHARE: Final = 0.2
DOUBLED: Final = 2
VALUE_GROWN_BYTES: Final = 4096


def overdue(facts: Facts) -> Iterator[Finding]:
    """Entries that have expired and are still stored."""
    late = Counter({namespace: left.count for namespace, left in facts.leftovers.items()})
    for place in facts.places.values():
        late[place.namespace] += place.survey.overdue
    for namespace, count in late.items():
        if not count:
            continue
        name = "Shared keys" if namespace is None else namespace.rpartition(".")[2]
        left = facts.leftovers.get(namespace)
        size = f", {left.size:,} bytes" if left else ""
        yield Finding(
            code="overdue",
            subject=namespace or "",
            namespace=namespace,
            severity=Severity.NOTE,
            title=f"{name}: {entries(count)} expired and still stored",
            meaning=(
                "To a bot they are gone, so nothing reads or removes them. They take space until"
                " somebody tidies up."
            ),
            evidence=(Evidence(f"{entries(count)} past the end{size}"),),
            steps=(
                Step("Look at the keys that are left", "overdue", namespace),
                Step("Remove expired entries in the store itself, or let it do so", "advice"),
            ),
            amount=count,
            former=(magnitude(count),),
        )


def only_growing(facts: Facts) -> Iterator[Finding]:
    """Namespaces that get keys without expiry and never lose one."""
    for place in facts.places.values():
        growth, survey = place.growth, place.survey
        if growth is None or growth.seconds - growth.unwatched < WATCHED or growth.removed:
            continue
        is_lasting = survey.lasting >= MOSTLY * survey.keys
        if growth.keys < GROWN_KEYS or survey.keys < MANY_KEYS or not is_lasting:
            continue
        yield Finding(
            code="only-growing",
            subject=place.namespace or "",
            namespace=place.namespace,
            severity=Severity.CARE,
            title=f"{title_of(place)} only grows",
            meaning=(
                "It gets new keys that never expire, and none is ever removed. Left alone, it fills"
                " the store."
            ),
            evidence=(
                Evidence(f"{growth.keys:,} keys more in {span(growth.seconds)}, {removed(growth)}"),
                Evidence(f"{survey.lasting:,} of {survey.keys:,} keys never expire"),
            ),
            steps=(
                Step("Look at its keys", "keys", place.namespace),
                Step("Let the plugin give an expiry, or tidy up", "advice"),
            ),
            amount=survey.keys,
            former=(magnitude(survey.keys),),
        )


def large_values(facts: Facts) -> Iterator[Finding]:
    """The largest values, if they are large."""
    rows = [row for place in facts.places.values() for row in place.survey.largest[:MOST]]
    for row in nlargest(MOST, rows, key=lambda row: row.size or 0):
        size = row.size or 0
        if size < LARGE:
            continue
        yield Finding(
            code="large",
            subject=row.stored_key,
            namespace=row.ref.namespace,
            severity=Severity.CARE if size >= VERY_LARGE else Severity.NOTE,
            title=f"{name_of(row.stored_key)} is large",
            meaning=(
                "A bot reads and writes a value as a whole, each time. A large one makes it slow,"
                " and two writes at once lose more."
            ),
            evidence=(Evidence(f"{size:,} bytes, among the largest of the store", row.stored_key),),
            steps=(
                Step("Look at what is in it", "key", row.stored_key),
                Step("See all sizes", "pictures", row.ref.namespace),
            ),
            amount=size,
            former=(magnitude(size),),
        )


def fast_growing(facts: Facts) -> Iterator[Finding]:
    """The namespaces that grew most, if they grew a lot."""
    grown = [place for place in facts.places.values() if has_grown(place)]
    for place in nlargest(MOST, grown, key=lambda place: place.growth.size if place.growth else 0):
        growth = place.growth
        if growth is None:
            continue
        yield Finding(
            code="fast-growing",
            subject=place.namespace or "",
            namespace=place.namespace,
            severity=Severity.NOTE,
            title=f"{title_of(place)} grows fast",
            meaning="It is among those that take up most new space.",
            evidence=(
                Evidence(
                    f"{growth.size:,} bytes and {growth.keys:,} keys more in {span(growth.seconds)}"
                ),
            ),
            steps=(Step("See what takes the space", "pictures", place.namespace),),
            amount=place.survey.size,
            former=(magnitude(place.survey.size),),
        )


def has_grown(place: Place) -> bool:
    growth, size = place.growth, place.survey.size
    if growth is None or growth.size < GROWN_BYTES:
        return False
    return growth.size >= GROWN_SHARE * (size - growth.size)


def growing_values(facts: Facts) -> Iterator[Finding]:
    """The single values that grew most since they were first looked at."""
    grown = [
        (look.size - look.first_size, key, place, look)
        for place in facts.places.values()
        for key, look in place.looks.items()
        if look.size >= DOUBLED * look.first_size
        and look.size - look.first_size >= VALUE_GROWN_BYTES
    ]
    for _, key, place, look in nlargest(MOST, grown, key=lambda one: one[:2]):
        yield Finding(
            code="growing-value",
            subject=key,
            namespace=place.namespace,
            severity=Severity.NOTE,
            title=f"{name_of(key)} keeps growing",
            meaning=(
                "Each write stores the whole value anew, so a list that is only added to gets"
                " slower with each entry."
            ),
            evidence=(Evidence(f"from {look.first_size:,} to {look.size:,} bytes", key),),
            steps=(
                Step("Look at what is in it", "key", key),
                Step("Let the plugin keep the last entries only", "advice"),
            ),
            amount=look.size,
            former=(magnitude(look.size),),
        )


def entries(count: int) -> str:
    return f"{count:,} entry" if count == 1 else f"{count:,} entries"


def removed(growth: Growth) -> str:
    """What is known of keys that went, where none was seen going."""
    if growth.unwatched < 60:
        return "none removed"
    return f"none seen being removed (for {span(growth.unwatched)} of it nobody watched)"


def span(seconds: float) -> str:
    """A length of time, roughly: `20 minutes`, `3 hours`."""
    if seconds < 7200:
        return several(round(seconds / 60), "minute")
    return several(round(seconds / 3600), "hour")
