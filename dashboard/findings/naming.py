"""Findings about names: keys that are spelled like another's, and plugins that are gone."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final, NamedTuple

from dashboard.findings.facts import Facts, Place
from dashboard.findings.finding import Evidence, Finding, Severity, Step, magnitude
from dashboard.findings.plugins import Plugins
from storage_core.keys import WRITERS, KeyRef

__all__ = ["collisions", "orphans", "renamed"]

LIKELY: Final = 0.5
"""How alike two plugins have to be, from 0 to 1, to be taken for the same one under a new name."""
SHOWN: Final = 5
FEW: Final = 3
"""Keys of a package up to which they may be shared keys that are spelled alike by mistake."""
BUILT_IN: Final = "machine"
"""The package that every bot has, with plugins of its own."""
REPORTED: Final = "A plugin said itself that it stores this as a shared key."
DIGITS: Final = re.compile(r"\d+")
PARTS: Final = re.compile(r"[:/|]")


def collisions(facts: Facts) -> Iterator[Finding]:
    """Keys that are shared ones, or may be, spelled so that they are a plugin's private keys.

    A report of who writes a shared key is proof, whatever the plugin. Without one it is a guess:
    see `doubt_about`.
    """
    shared, packages = shared_in(facts), packages_in(facts)
    for namespace, place in private(facts):
        proof = proof_of(shared.get(namespace, []))
        doubt = None if proof else doubt_about(facts, namespace, packages)
        if not proof and doubt is None:
            continue
        plugin = namespace.rpartition(".")[2]
        yield Finding(
            code="collision",
            subject=namespace,
            namespace=namespace,
            severity=Severity.CARE if doubt is None else doubt.severity,
            title=f"A shared key is spelled like {plugin}'s own"
            if proof
            else f"A shared key may be mistaken for one of {plugin}'s own",
            meaning=(
                f"{doubt.reason if doubt else REPORTED} A shared key whose name begins with a"
                " dotted name and a colon is the same stored key as that plugin's private key: each"
                " overwrites the other, and neither notices."
            ),
            evidence=proof or keys_of(place),
            steps=(
                Step("Look at what is stored there", "keys", namespace),
                Step("Let the plugin spell its shared key without dots before a colon", "advice"),
            ),
            basis=tuple(one.text for one in proof)
            or (*place.survey.sample[:SHOWN], str(place.survey.keys)),
        )


Shared = list[tuple[KeyRef, frozenset[str]]]
"""Keys that are reported as shared ones, and who reported it."""


def proof_of(shared: Shared) -> tuple[Evidence, ...]:
    """What plugins said about the keys of a namespace, a few of it in words."""
    reports = [
        Evidence(f"{writer} reported that it shares {ref.key}", ref.stored_key, tells_of=writer)
        for ref, writers in shared
        for writer in sorted(writers)
    ]
    more = len(reports) - SHOWN
    return (*reports[:SHOWN], *([Evidence(f"and {more:,} more")] if more > 0 else []))


def shared_in(facts: Facts) -> dict[str, Shared]:
    """What is reported as shared although it is spelled as a plugin's own, by namespace."""
    found: dict[str, Shared] = defaultdict(list)
    for key in sorted(facts.writers):
        ref = KeyRef.parse(key)
        if ref.namespace is not None:
            found[ref.namespace].append((ref, facts.writers[key]))
    return found


def packages_in(facts: Facts) -> Counter[str]:
    """How many keys belong to each outermost package."""
    packages: Counter[str] = Counter()
    for namespace, place in private(facts):
        packages[package_of(namespace)] += place.survey.keys
    return packages


class Doubt(NamedTuple):
    """Why the keys of a namespace may be shared ones, and how much that matters."""

    reason: str
    severity: Severity


def doubt_about(facts: Facts, namespace: str, packages: Counter[str]) -> Doubt | None:
    """Why a namespace may be no plugin's, where nothing proves it.

    Plugins are classes, and classes are written with a capital. A plugin that the bot has, or had
    by its looks, is not doubted; nor is one whose package holds more keys than a few, since a
    mistake in spelling makes a few keys and a plugin among others has neighbours.
    """
    name = namespace.rpartition(".")[2]
    if facts.plugins is not None:
        if facts.plugins.has(namespace) or is_class_name(name):
            return None
        return Doubt(f"The bot has no plugin {namespace}.", Severity.CARE)
    if not is_class_name(name):
        reason = f"{name} is not written as classes are, and a plugin is a class."
        return Doubt(reason, Severity.CARE)
    package = package_of(namespace)
    keys = packages[package]
    if package == BUILT_IN or len(packages) == 1 or keys > FEW:
        return None
    belong = "key belongs" if keys == 1 else "keys belong"
    return Doubt(
        f"Only {keys} {belong} to the package {package}, while other plugins have theirs"
        " elsewhere. It may as well be a plugin that stores little.",
        Severity.NOTE,
    )


def package_of(namespace: str) -> str:
    """The outermost package of a dotted name."""
    return namespace.partition(".")[0]


def is_class_name(name: str) -> bool:
    """Whether a name is written as classes are."""
    return name.lstrip("_")[:1].isupper()


def orphans(facts: Facts) -> Iterator[Finding]:
    """Plugins that the bot no longer has, while their keys are still there."""
    if facts.plugins is None:
        return
    shared, packages = shared_in(facts), packages_in(facts)
    for namespace, place in private(facts):
        if facts.plugins.has(namespace) or doubt_about(facts, namespace, packages) is not None:
            continue
        if len(shared.get(namespace, [])) >= place.survey.keys:
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
                f" new name.{never_was(facts.plugins, namespace)}"
            ),
            evidence=(*guessed(guess), *keys_of(place)),
            steps=tuple(steps),
            basis=(guess.name if guess else "",),
            amount=place.survey.keys,
            former=(magnitude(place.survey.keys), guess.name if guess else ""),
        )


def never_was(plugins: Plugins, namespace: str) -> str:
    """The other thing it may be, where no plugin of the bot comes from the same package."""
    packages = {package_of(entry) for entry in plugins.entries}
    if package_of(namespace) in {BUILT_IN, *packages}:
        return ""
    return (
        " If the bot never had a plugin of this name, they are shared keys of another one, spelled"
        " like private keys."
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
