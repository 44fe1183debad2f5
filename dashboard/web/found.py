"""Findings within one person's rights, prepared for pages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.access import Verb
from dashboard.findings import Evidence, Finding, Severity, Step, is_powerful, listed, reporter_of
from dashboard.findings.dismissals import is_aside
from dashboard.findings.models import Dismissal
from dashboard.web import links, wording
from dashboard.web.visits import StoreVisit
from dashboard.web.wording import Moment, moment
from storage_core.keys import KeyRef

__all__ = ["FindingView", "findings_seen", "open_count", "views_of", "worth_a_look"]

NAMED = 4
"""Names that are listed of those with which a value can do nearly anything."""
ICONS = {
    Severity.URGENT: ("octagon-alert", "danger"),
    Severity.CARE: ("triangle-alert", "warn"),
    Severity.NOTE: ("info", ""),
}


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding as the page shows it; `aside` is the word of who dismissed it, if somebody did."""

    mark: str
    code: str
    icon: str
    tone: str
    title: str
    place: str
    place_url: str
    meaning: str
    evidence: list[dict[str, str]]
    steps: list[dict[str, str]]
    advice: list[str]
    aside: dict[str, Any] | None
    was_aside: bool
    digest: str
    amount: int | None
    dismiss_url: str
    return_url: str
    why_not: str


def findings_seen(visit: StoreVisit, findings: Iterable[Finding]) -> list[Finding]:
    """The findings that tell nothing that this person may not know."""
    return [one for one in findings if is_seen(visit, one)]


def is_seen(visit: StoreVisit, finding: Finding) -> bool:
    verb = Verb.SEE_VALUES if finding.needs_values else Verb.SEE_NAMES
    may = visit.rights.may
    return visit.sees(finding.namespace) and may(verb, visit.store.name, finding.namespace)


def open_count(visit: StoreVisit) -> int:
    """How many findings wait for a look, as of the last report."""
    return len(findings_seen(visit, reporter_of(visit.store.name).latest.open))


def views_of(
    visit: StoreVisit, findings: Iterable[Finding], words: Mapping[str, Dismissal]
) -> list[FindingView]:
    """Findings, prepared."""
    return [view_of(visit, one, words) for one in findings]


def view_of(visit: StoreVisit, finding: Finding, words: Mapping[str, Dismissal]) -> FindingView:
    store, namespace = visit.store.name, finding.namespace
    icon, tone = ICONS[finding.severity]
    aside = is_aside(finding, words)
    word = words.get(finding.name)
    may_review = visit.rights.may(Verb.REVIEW, store, namespace)
    known = [step for step in finding.steps if may_follow(visit, step)]
    return FindingView(
        mark=finding.name,
        code=finding.code,
        icon=icon,
        tone=tone,
        title=wording.visible(finding.title),
        place="Shared keys" if namespace is None else wording.visible(namespace),
        place_url=links.namespace_url(store, namespace),
        meaning=wording.visible(finding.meaning),
        evidence=[fact_of(visit, one) for one in finding.evidence if may_know(visit, one)],
        steps=[link_of(visit, step) for step in known if step.to != "advice"],
        advice=[wording.visible(step.title) for step in known if step.to == "advice"],
        aside=word_of(visit, word) if word and aside else None,
        was_aside=word is not None and not word.is_withdrawn and not aside,
        digest=finding.digest,
        amount=finding.amount,
        dismiss_url=links.url("finding-dismiss", store, finding=finding.name),
        return_url=links.url("finding-return", store, finding=finding.name),
        why_not="" if may_review else visit.rights.why_not(Verb.REVIEW),
    )


def may_know(visit: StoreVisit, evidence: Evidence) -> bool:
    return not evidence.tells_of or visit.sees(evidence.tells_of)


def may_follow(visit: StoreVisit, step: Step) -> bool:
    return step.to not in {"keys", "overdue"} or visit.sees(step.target)


def fact_of(visit: StoreVisit, evidence: Evidence) -> dict[str, str]:
    key = evidence.stored_key
    is_name = key is not None and KeyRef.parse(key).key == evidence.text
    return {
        "voice": "mono" if is_name else "text-link",
        "text": wording.key_name(evidence.text) if is_name else wording.visible(evidence.text),
        "url": "" if key is None else links.key_url(visit.store.name, key),
    }


def link_of(visit: StoreVisit, step: Step) -> dict[str, str]:
    store, target = visit.store.name, step.target
    addresses = {
        "key": lambda: links.key_url(store, target or ""),
        "keys": lambda: links.namespace_url(store, target),
        "overdue": lambda: links.namespace_url(store, target, expires="overdue"),
        "audit": lambda: links.url("audit", store),
        "pictures": lambda: links.url("pictures", store, ns=target or ""),
    }
    return {"title": wording.visible(step.title), "url": addresses[step.to]()}


def word_of(visit: StoreVisit, word: Dismissal) -> dict[str, Moment | str | None]:
    return {
        "who": wording.visible(word.person_name),
        "reason": wording.visible(word.reason),
        "at": moment(word.at, now=visit.now),
    }


def worth_a_look(facts: Mapping[str, Any]) -> list[str]:
    """What stands out in a value: what was noticed while reading it, and what it imports."""
    said = [one["text"] for one in facts["findings"]]
    powerful = [name for name in facts["imports"] if is_powerful(name)]
    if powerful and any(one["code"] == "by-value" for one in facts["findings"]):
        names = listed(powerful, NAMED)
        said.append(f"The stored code names {names}. It can do whatever the bot itself can.")
    elif powerful:
        names, that = listed(powerful, NAMED), "that" if len(powerful) == 1 else "these"
        said.append(f"It names {names}: with {that} a value can make the bot do nearly anything.")
    return [wording.visible(text) for text in said]
