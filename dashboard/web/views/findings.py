"""What in a store is worth a look, and putting it aside."""

from dataclasses import replace
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard import marks
from dashboard.access import Verb
from dashboard.findings import Finding, Report, reporter_of
from dashboard.findings.dismissals import LONGEST_REASON, bring_back, dismiss, dismissals_of
from dashboard.findings.finding import has_grown
from dashboard.journal.models import Deed
from dashboard.web import links, notices, wording
from dashboard.web.found import findings_seen, views_of
from dashboard.web.notices import Notice, notices_of
from dashboard.web.on_record import put_on_record
from dashboard.web.places import places_of
from dashboard.web.responding import is_partial, respond, send_to
from dashboard.web.topics import store_topics
from dashboard.web.visits import NotHere, StoreVisit, enter_store

__all__ = ["finding_dismiss", "finding_return", "findings"]

MOST_DIGITS: Final = 19


@require_safe
async def findings(request: HttpRequest, store: str) -> HttpResponse:
    """All findings that are this person's to know, those put aside last."""
    visit = await enter_store(request, store)
    return await answer(visit)


async def answer(visit: StoreVisit, *said: Notice) -> HttpResponse:
    """The page, or the list of findings as it is now."""
    report = await reporter_of(visit.store.name).current()
    context = visit.context() | {
        "notes": [*said, *notices_of(visit.request)],
        "places": places_of(visit, here="findings"),
        **await list_context(visit, report),
    }
    return respond(visit.request, "findings.html", context, parts=("findings",))


async def list_context(visit: StoreVisit, report: Report) -> dict[str, Any]:
    store = visit.store.name
    seen = findings_seen(visit, report.findings)
    # Asked anew, so that what somebody said in another process holds at once.
    views = views_of(visit, seen, await dismissals_of(store, seen))
    return {
        "store": store,
        "here": links.url("findings", store),
        "topic": visit.topics(*store_topics(visit, store, marks.findings_topic(store))),
        "findings": [view for view in views if view.aside is None],
        "aside": [view for view in views if view.aside is not None],
        "looked": looked_text(report) if visit.sees_all else "",
        "knows_plugins": report.knows_plugins,
        "is_ready": report.at > 0 and visit.catalog.progress.state == "ready",
    }


def looked_text(report: Report) -> str:
    large = wording.plural(report.too_large, "value") if report.too_large else ""
    unread = f" {large} cannot be looked at: more than can be read within the limits."
    if report.looked >= report.keys:
        return f"All {wording.plural(report.keys, 'value')} were looked at."
    if large and report.looked + report.too_large >= report.keys:
        return f"{wording.count(report.looked)} of {report.keys:,} values were looked at.{unread}"
    return (
        f"{wording.count(report.looked)} of {wording.plural(report.keys, 'value')} were looked at"
        " so far: those that change, and a part of each plugin's. Large ones take their time."
        f"{unread if large else ''}"
    )


async def enter_finding(request: HttpRequest, store: str) -> tuple[StoreVisit, Finding]:
    """Somebody who may review, and the finding that the address names."""
    visit = await enter_store(request, store)
    report = await reporter_of(store).current()
    name = links.asked(request, "finding")
    seen = {finding.name: finding for finding in findings_seen(visit, report.findings)}
    finding = seen.get(name)
    if finding is None:
        raise NotHere("a finding that is there no more", links.url("findings", store), "Findings")
    visit.rights.require(Verb.REVIEW, store, finding.namespace)
    return visit, finding


@require_http_methods(["GET", "HEAD", "POST"])
async def finding_dismiss(request: HttpRequest, store: str) -> HttpResponse:
    """Put a finding aside with a reason, until its evidence changes."""
    visit, finding = await enter_finding(request, store)
    reason = request.POST.get("reason", "").strip()[:LONGEST_REASON]
    if request.method == "POST":
        finding, has_changed = as_seen(request, finding)
        if not has_changed and reason:
            await on_record(visit, finding, "Put aside", reason)
            await dismiss(visit.user, store, finding, reason)
            return await done(visit, "Put aside. It comes back when its evidence changes.")
        error = "The evidence changed meanwhile. Look at it again." if has_changed else "Say why."
    else:
        error = ""
    (view,) = views_of(visit, [finding], {})
    context = visit.context() | {
        "store": store,
        "finding": view,
        "reason": wording.visible(reason),
        "error": error,
        "limit": LONGEST_REASON,
        "findings_url": links.url("findings", store),
    }
    status = 422 if error else 200
    return respond(request, "finding_dismiss.html", context, part="form", status=status)


def as_seen(request: HttpRequest, finding: Finding) -> tuple[Finding, bool]:
    """The finding with the amount that the person had before their eyes, and whether what they saw
    is no longer what it is.
    """
    has_changed = request.POST.get("digest") != finding.digest
    amount = request.POST.get("amount", "")
    if finding.amount is None or not (amount.isdecimal() and len(amount) < MOST_DIGITS):
        return finding, has_changed
    seen = min(int(amount), finding.amount)
    return replace(finding, amount=seen), has_changed or has_grown(seen, finding.amount)


@require_POST
async def finding_return(request: HttpRequest, store: str) -> HttpResponse:
    """Bring a finding back that was put aside."""
    visit, finding = await enter_finding(request, store)
    await on_record(visit, finding, "Brought back", "")
    await bring_back(visit.user, store, finding)
    return await done(visit, "Brought back.")


async def on_record(visit: StoreVisit, finding: Finding, word: str, reason: str) -> None:
    """A key's own finding is told of with the key, others with the whole store."""
    is_of_key = finding.subject in {one.stored_key for one in finding.evidence}
    await put_on_record(
        visit,
        Deed.DISMISS,
        f"{word}: {wording.visible(finding.title)}.",
        store=visit.store.name,
        stored_key=finding.subject if is_of_key else None,
        reason=reason,
    )


async def done(visit: StoreVisit, text: str) -> HttpResponse:
    await reporter_of(visit.store.name).refresh()
    if not is_partial(visit.request):
        notices.tell(visit.request, text)
        return send_to(visit.request, links.url("findings", visit.store.name))
    report = reporter_of(visit.store.name).latest
    context = visit.context() | {"notes": [notices.good(text)], **await list_context(visit, report)}
    response = respond(visit.request, "findings.html", context, part="findings")
    response["HX-Retarget"] = "#findings"
    response["HX-Reswap"] = "outerHTML"
    return response
