"""Findings about who writes what, where plugins report it."""

from collections.abc import Iterator

from dashboard.findings.facts import Facts
from dashboard.findings.finding import Evidence, Finding, Severity, Step
from storage_core.keys import namespace_of

__all__ = ["several_writers"]


def several_writers(facts: Facts) -> Iterator[Finding]:
    """Shared keys that more than one plugin writes."""
    for key, plugins in sorted(facts.writers.items()):
        if len(plugins) < 2:
            continue
        yield Finding(
            code="several-writers",
            subject=key,
            namespace=namespace_of(key),  # it may be spelled like a plugin's own
            severity=Severity.NOTE,
            title=f"{key} is written by {len(plugins)} plugins",
            meaning=(
                "Each reads the value, changes it and writes all of it back. When two do so at"
                " once, the change of one is lost."
            ),
            evidence=tuple(Evidence(plugin, tells_of=plugin) for plugin in sorted(plugins)),
            steps=(
                Step("Look at the value", "key", key),
                Step("See all shared keys", "audit"),
                Step("Let one plugin own the key, and the others ask it", "advice"),
            ),
            basis=tuple(sorted(plugins)),
        )
