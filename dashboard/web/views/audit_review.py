"""Signing off the shared keys as they are."""

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from dashboard.access import Verb
from dashboard.audit.reviews import LONGEST_REMARK, sign_off
from dashboard.audit.shared import shared_keys
from dashboard.journal.models import Deed
from dashboard.web import links, notices, wording
from dashboard.web.auditing import Asked, audit_of, context_of
from dashboard.web.on_record import put_on_record
from dashboard.web.responding import respond, send_to
from dashboard.web.visits import StoreVisit, enter_namespace

__all__ = ["audit_review"]

SALT = "dashboard.web.audit_review"
LASTS = 3600  # seconds that a page can be signed after it was made


@require_http_methods(["GET", "HEAD", "POST"])
async def audit_review(request: HttpRequest, store: str) -> HttpResponse:
    """Mark the present state as reviewed, with a remark if there is one to make."""
    visit = await enter_namespace(request, store, None, Verb.REVIEW)
    error = ""
    if request.method == "POST":
        looked_at = looked_at_of(visit)
        if looked_at is not None:
            remark = request.POST.get("remark", "").strip()[:LONGEST_REMARK]
            keys = await shared_keys(store)
            said = f"Signed off {wording.plural(len(keys), 'shared key')}."
            await put_on_record(visit, Deed.REVIEW, said, store=store, reason=remark)
            await sign_off(visit.user, store, keys, looked_at, remark)
            notices.tell(request, said)
            return send_to(request, links.url("audit", store))
        error = "This page is too old. Look at the keys again before you sign."
    return await form(visit, error)


def looked_at_of(visit: StoreVisit) -> float | None:
    """When the page was made that is signed; None if it is no page of this person's, or too old."""
    try:
        stamp = signer(visit).unsign(visit.request.POST.get("looked_at", ""), max_age=LASTS)
    except signing.BadSignature:
        return None
    return float(stamp)


def signer(visit: StoreVisit) -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"{SALT}.{visit.user.pk}.{visit.store.name}")


async def form(visit: StoreVisit, error: str) -> HttpResponse:
    found = await audit_of(visit, Asked(), frozenset())
    news = [row for row in found.rows if row.since]
    context = visit.context() | {
        "store": visit.store.name,
        "audit_url": links.url("audit", visit.store.name),
        "review_url": links.url("audit-review", visit.store.name),
        "review": context_of(found, visit),
        "news": [*news, *found.gone],
        "count": wording.plural(len(found.keys), "shared key"),
        "looked_at": signer(visit).sign(f"{visit.now:.6f}"),
        "remark": wording.visible(visit.request.POST.get("remark", "")),
        "error": error,
        "limit": LONGEST_REMARK,
    }
    return respond(visit.request, "audit_review.html", context, status=422 if error else 200)
