"""Findings about names: keys that are spelled like another's, and plugins that are gone."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from dashboard.findings.facts import Facts, Place
from dashboard.findings.finding import Evidence, Finding, Severity, Step, magnitude
from storage_core.keys import WRITERS, KeyRef

__all__ = ["collisions", "orphans", "renamed"]

LIKELY: Final = 0.5
"""How alike two plugins have to be, from 0 to 1, to be taken for the same one under a new name."""
SHOWN: Final = 5
DIGITS: Final = re.compile(r"\d+")
PARTS: Final = re.compile(r"[:/|]")


def collisions(facts: Facts) -> Iterator[Finding]:
    """Keys that may be shared ones, spelled so that they are a plugin's private keys."""
    for namespace, place in private(facts):
        if not is_collision(facts, namespace, place):
            continue
        plugin = namespace.rpartition(".")[2]
        unknown = facts.plugins is None
        doubt = (
            f"No other key belongs to a plugin {namespace}"
            if unknown
            else f"The bot has no plugin {namespace}"
        )
        yield Finding(
            code="collision",
            subject=namespace,
            namespace=namespace,
            severity=Severity.NOTE if unknown and is_class_name(plugin) else Severity.CARE,
            title=f"A shared key may be mistaken for one of {plugin}'s own",
            meaning=(
                f"{doubt}. A shared key whose name begins with a dotted name and a colon is the"
                " same stored key as that plugin's private key: each overwrites the other, and"
                " neither notices."
            ),
            evidence=keys_of(place),
            steps=(
                Step("Look at what is stored there", "keys", namespace),
                Step("Let the plugin spell its shared key without dots before a colon", "advice"),
            ),
            basis=(*place.survey.sample[:SHOWN], str(place.survey.keys)),
        )


def is_collision(facts: Facts, namespace: str, place: Place) -> bool:
    if facts.plugins is None:
        return place.survey.keys == 1
    if facts.plugins.has(namespace):
        return False
    if not is_class_name(namespace.rpartition(".")[2]):
        return True
    return place.survey.keys == 1 and renamed(facts, namespace, place) is None


def is_class_name(name: str) -> bool:
    """Whether a name is written as classes are."""
    return name[:1].isupper()


def orphans(facts: Facts) -> Iterator[Finding]:
    """Plugins that the bot no longer has, while their keys are still there."""
    if facts.plugins is None:
        return
    for namespace, place in private(facts):
        if facts.plugins.has(namespace) or is_collision(facts, namespace, place):
            continue
        guess = renamed(facts, namespace, place)
        steps = [Step("Look at its keys", "keys", namespace)]
        if guess is not None and guess.is_stored:
            steps.append(Step(f"Compare with {guess.name}", "keys", guess.name))
        steps.append(Step("Give the plugin its old name again, or delete the keys", "advice"))
        yield Finding(
            code="orphan",
            subject=namespace,
            namespace=namespace,
            severity=Severity.CARE,
            title=f"{namespace.rpartition('.')[2]} is gone, its keys are not",
            meaning=(
                "The bot is not configured with this plugin any more. Nothing reads these keys and"
                " nothing removes them. When a plugin is renamed, it begins with nothing under its"
                " new name."
            ),
            evidence=(*guessed(guess), *keys_of(place)),
            steps=tuple(steps),
            basis=(magnitude(place.survey.keys), guess.name if guess else ""),
        )


class Guess(NamedTuple):
    """A plugin that may be the same one under a new name; `is_stored` if it has keys already."""

    name: str
    why: str
    is_stored: bool


def guessed(guess: Guess | None) -> tuple[Evidence, ...]:
    if guess is None:
        return ()
    text = f"It may be called {guess.name} now: {guess.why}."
    return (Evidence(text, tells_of=guess.name),)


def renamed(facts: Facts, namespace: str, place: Place) -> Guess | None:
    """The configured plugin that is most like one that is gone, if any is like it."""
    if facts.plugins is None:
        return None
    shapes = shapes_of(place)
    best: tuple[float, Guess] | None = None
    stored = {one for one, _ in private(facts) if facts.plugins.has(one)}
    for candidate in sorted(stored | set(facts.plugins.entries)):
        is_same_name = short_name(candidate) == short_name(namespace)
        there = facts.places.get(candidate)
        likeness = alike(shapes, shapes_of(there)) if there else 0.0
        score = 0.6 * is_same_name + 0.6 * likeness
        if score >= LIKELY and (best is None or score > best[0]):
            reasons = ["the class is called the same"] if is_same_name else []
            reasons += ["its keys look the same"] if likeness >= LIKELY else []
            best = score, Guess(candidate, " and ".join(reasons), there is not None)
    return None if best is None else best[1]


def short_name(dotted: str) -> str:
    """The last part of a name, without what people put at its end."""
    return dotted.rpartition(".")[2].casefold().removesuffix("plugin").replace("_", "")


def shapes_of(place: Place) -> frozenset[str]:
    """What the keys of a namespace have in common: their beginnings, numbers taken out."""
    return frozenset(DIGITS.sub("#", PARTS.split(key, 1)[0]) for key in place.survey.sample)


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    """How much two sets share, from 0 to 1."""
    together = one | other
    return len(one & other) / len(together) if together else 0.0


def private(facts: Facts) -> Iterator[tuple[str, Place]]:
    """The namespaces of plugins, without that of the reports about writers."""
    for namespace, place in facts.places.items():
        if namespace is not None and namespace != WRITERS:
            yield namespace, place


def keys_of(place: Place) -> tuple[Evidence, ...]:
    """A few of the keys."""
    keys = place.survey.sample[:SHOWN]
    shown = tuple(Evidence(key, KeyRef(place.namespace, key).stored_key) for key in keys)
    more = place.survey.keys - len(shown)
    return (*shown, Evidence(f"and {more:,} more")) if more > 0 else shown
