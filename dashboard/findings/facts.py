"""What findings are made from: all that is known of a store at one moment, without asking it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from dashboard.catalog import Catalog
from dashboard.catalog.chronicle import Growth
from dashboard.catalog.survey import SectionSurvey
from dashboard.findings.leftovers import Leftover
from dashboard.findings.looks import Look, Looks
from dashboard.findings.plugins import Plugins
from storage_core.keys import WRITERS, reported

__all__ = ["Facts", "Place", "facts_of", "writers_in"]

MOST_REPORTS: Final = 5000


@dataclass(frozen=True, slots=True)
class Place:
    """One namespace (None: the shared keys). `looks` are those at its values, by stored key."""

    namespace: str | None
    survey: SectionSurvey
    growth: Growth | None
    looks: Mapping[str, Look]


@dataclass(frozen=True, slots=True)
class Facts:
    """A store. `plugins` is None where nobody told us which ones its bot has.

    `writers` are the plugins that said they wrote a shared key, by key. `leftovers` are entries
    that have expired, are still stored and not in the catalog, by namespace.
    """

    now: float
    places: Mapping[str | None, Place]
    plugins: Plugins | None
    writers: Mapping[str, frozenset[str]]
    leftovers: Mapping[str | None, Leftover]


async def facts_of(
    catalog: Catalog,
    looks: Looks,
    plugins: Plugins | None,
    leftovers: Mapping[str | None, Leftover] = MappingProxyType({}),
) -> Facts:
    """Everything that is known now, gathered without holding the event loop."""
    surveys = await catalog.asurvey()
    now = catalog.clock()
    places = {}
    for namespace, survey in surveys.items():
        growth = catalog.chronicle.growth(namespace, now, survey.keys, survey.size)
        places[namespace] = Place(namespace, survey, growth, looks.of(namespace))
    return Facts(now, places, plugins, await writers_in(catalog), leftovers)


async def writers_in(catalog: Catalog) -> dict[str, frozenset[str]]:
    """The plugins that reported that they write a shared key, by key."""
    found: dict[str, set[str]] = defaultdict(set)
    page = await catalog.apage(WRITERS, limit=MOST_REPORTS)
    for row in page.rows:
        report = reported(row.stored_key)
        if report is not None:
            plugin, key = report
            found[key].add(plugin)
    return {key: frozenset(plugins) for key, plugins in found.items()}
