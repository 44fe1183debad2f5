"""Putting findings aside with a reason, and bringing them back."""

from collections.abc import Iterable, Mapping

from django.contrib.auth.models import User
from django.db.models import Max
from django.utils import timezone

from dashboard import marks
from dashboard.findings.finding import Finding, has_grown
from dashboard.findings.models import Dismissal

__all__ = ["LONGEST_REASON", "bring_back", "dismiss", "dismissals_of", "is_aside"]

LONGEST_REASON = 500  # characters


async def dismiss(user: User, store: str, finding: Finding, reason: str) -> Dismissal:
    """Put a finding aside, with the evidence and the amount that it has here."""
    return await say(user, store, finding, reason, is_withdrawn=False)


async def bring_back(user: User, store: str, finding: Finding) -> Dismissal:
    """Take back what was said last about a finding."""
    return await say(user, store, finding, "", is_withdrawn=True)


async def say(
    user: User, store: str, finding: Finding, reason: str, *, is_withdrawn: bool
) -> Dismissal:
    word = await Dismissal.objects.acreate(
        store=store,
        finding=finding.name,
        digest=finding.digest,
        amount=finding.amount,
        # A key may hold what a database does not take in a text.
        title=finding.title.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0"),
        is_withdrawn=is_withdrawn,
        reason=reason.strip()[:LONGEST_REASON],
        person=user,
        person_name=user.get_username(),
        at=timezone.now(),
    )
    await marks.announce(marks.findings_topic(store))
    return word


async def dismissals_of(store: str, findings: Iterable[Finding]) -> Mapping[str, Dismissal]:
    """The last word on each of these findings, by the finding's name, where somebody said one."""
    names = [finding.name for finding in findings]
    last = (
        Dismissal.objects.filter(store=store, finding__in=names)
        .values("finding")
        .annotate(last=Max("id"))
        .values("last")
    )
    return {word.finding: word async for word in Dismissal.objects.filter(pk__in=last)}


def is_aside(finding: Finding, words: Mapping[str, Dismissal]) -> bool:
    """Whether a finding was dismissed with the very evidence that it has, and not much less."""
    word = words.get(finding.name)
    if word is None or word.is_withdrawn:
        return False
    if word.amount is None and word.digest == finding.former_digest:
        return True
    if finding.amount is None or word.amount is None:
        return finding.amount is None and word.digest == finding.digest
    return word.digest == finding.digest and not has_grown(word.amount, finding.amount)
