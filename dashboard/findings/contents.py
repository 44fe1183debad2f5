"""Findings about values, from the looks at them: drift, what cannot be read, unusual imports."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from dashboard.findings.facts import Facts, Place
from dashboard.findings.finding import Evidence, Finding, Severity, Step
from dashboard.findings.imports import is_powerful, is_usual, listed
from dashboard.findings.looks import Look
from storage_core.keys import KeyRef

__all__ = ["drifts", "hidden_calls", "unreadable", "unusual_imports"]

SHOWN: Final = 8
NAMES_SHOWN: Final = 40
MOST_SHARE: Final = 0.5
"""What more than this part of a namespace's values import is usual there."""
OF_THE_BOT: Final = "machine."
"""Slack Machine stores its own classes under the shared key `manual`."""


def drifts(facts: Facts) -> Iterator[Finding]:
    """Values that became one of another kind."""
    for place in facts.places.values():
        for key, look in place.looks.items():
            if look.drift is None or look.kind is None or look.drift.before == look.kind:
                continue
            yield Finding(
                code="drift",
                subject=key,
                namespace=place.namespace,
                severity=Severity.CARE,
                title=f"{name_of(key)} became {a(look.kind)}",
                meaning=(
                    f"It was {a(look.drift.before)} before. A plugin that expects the one seldom"
                    " works with the other: a half-done change of the code, two plugins that write"
                    " the same key, or a slip of the hand."
                ),
                evidence=(Evidence(f"first seen as {look.drift.before}, now {look.kind}", key),),
                steps=(Step("Look at the value and who changed it", "key", key),),
                basis=(look.drift.before, look.kind, f"{look.drift.at:.3f}"),
                former=(look.drift.before, look.kind),
                needs_values=True,
            )


def unreadable(facts: Facts) -> Iterator[Finding]:
    """Values that cannot be read, together for each namespace."""
    for place in facts.places.values():
        broken = {key: look for key, look in place.looks.items() if look.why}
        if not broken:
            continue
        count = len(broken)
        yield Finding(
            code="unreadable",
            subject=place.namespace or "",
            namespace=place.namespace,
            severity=Severity.URGENT,
            title=f"{several(count, 'value')} of {title_of(place)} cannot be read",
            meaning=(
                "The bot fails, or gets something else than it stored, when it reads these. They"
                " may have been cut off, written by another program, or written by hand."
            ),
            evidence=evidence_of(broken, lambda look: look.why),
            steps=(
                Step("Look at the first of them", "key", min(broken)),
                Step("Restore it from the journal, or delete it", "advice"),
            ),
            basis=judged(broken),
            former=tuple(sorted(broken)),
            needs_values=True,
        )


def unusual_imports(facts: Facts) -> Iterator[Finding]:
    """Names that values make the bot import, and that others there do not.

    Names that the very same values import are one finding: a class that is stored with its code
    names some dozens.
    """
    for place in facts.places.values():
        together: dict[tuple[bool, tuple[str, ...]], list[str]] = defaultdict(list)
        for name, keys in sorted(importers(place).items()):
            if not is_usual(name) and not is_everyday(place, name, len(keys)):
                together[is_powerful(name), tuple(keys)].append(name)
        for (powerful, alike), names in together.items():
            yield import_of(place, names, alike, powerful=powerful)


def import_of(place: Place, names: list[str], keys: tuple[str, ...], *, powerful: bool) -> Finding:
    """That some values import some names, alone among their neighbours."""
    that = "that" if len(names) == 1 else "these"
    strength = f" With {that} a value can make the bot do nearly anything." if powerful else ""
    every = (Evidence(listed(names, NAMES_SHOWN)),) if len(names) > 1 else ()
    return Finding(
        code="import",
        subject="\0".join((place.namespace or "", *names)),
        namespace=place.namespace,
        severity=Severity.URGENT if powerful else Severity.NOTE,
        title=f"{makers(len(keys), title_of(place))} the bot import {listed(names, 2)}",
        meaning=(
            "When the bot reads a value, it imports what the value names."
            f"{strength} Most values there do without. This is no verdict: it says what is"
            " stored, not why."
        ),
        evidence=(*every, *(Evidence(name_of(key), key) for key in keys[:SHOWN])),
        steps=(
            Step("Look at the value", "key", keys[0]),
            Step("Ask the plugin's author whether it stores this", "advice"),
        ),
        # A value that only imports something of its own library is rewritten all the time.
        basis=judged({key: place.looks[key] for key in keys}) if powerful else keys,
        former=keys,
        needs_values=True,
    )


def importers(place: Place) -> Mapping[str, list[str]]:
    """The keys whose values import a name, by name."""
    found: dict[str, list[str]] = defaultdict(list)
    for key, look in sorted(place.looks.items()):
        for name in look.imports:
            found[name].append(key)
    return found


def is_everyday(place: Place, name: str, count: int) -> bool:
    """Whether most values of the namespace import it, or it is the bot's own there."""
    if is_powerful(name):
        return False
    if place.namespace is None:
        return name.startswith(OF_THE_BOT)
    return count > MOST_SHARE * len(place.looks)


def hidden_calls(facts: Facts) -> Iterator[Finding]:
    """Values that make the bot call something without leaving a trace in what they are."""
    for place in facts.places.values():
        for key, look in place.looks.items():
            if look.hidden:
                yield Finding(
                    code="hidden-call",
                    subject=key,
                    namespace=place.namespace,
                    severity=Severity.URGENT,
                    title=f"Reading {name_of(key)} does more than it shows",
                    meaning=(
                        "The value calls something whose result is thrown away, or imports a name"
                        " that is only worked out while it is read. Some libraries write such"
                        " values for good reasons; so does whoever wants the bot to run something."
                    ),
                    evidence=tuple(Evidence(text, key) for text in look.hidden),
                    steps=(Step("Look at the value", "key", key),),
                    basis=(*look.hidden, *judged({key: look})),
                    former=look.hidden,
                    needs_values=True,
                )


def judged(looks: Mapping[str, Look]) -> tuple[str, ...]:
    """The keys and their very bytes: other bytes are for a person to judge anew."""
    return tuple(part for key in sorted(looks) for part in (key, looks[key].digest.hex()))


def evidence_of(looks: Mapping[str, Look], say: Callable[[Look], str]) -> tuple[Evidence, ...]:
    keys = sorted(looks)
    shown = tuple(Evidence(f"{name_of(key)}: {say(looks[key])}", key) for key in keys[:SHOWN])
    more = len(keys) - len(shown)
    return (*shown, Evidence(f"and {more:,} more")) if more > 0 else shown


def name_of(stored_key: str) -> str:
    return KeyRef.parse(stored_key).key or "(empty name)"


def title_of(place: Place) -> str:
    return "the shared keys" if place.namespace is None else place.namespace.rpartition(".")[2]


def makers(count: int, place: str) -> str:
    return f"A value of {place} makes" if count == 1 else f"{count:,} values of {place} make"


def a(kind: str) -> str:
    """`a dict`, `an int`."""
    return f"an {kind}" if kind[:1].lower() in "aeiou" else f"a {kind}"


def several(count: int, one: str) -> str:
    return f"{count:,} {one}" if count == 1 else f"{count:,} {one}s"
