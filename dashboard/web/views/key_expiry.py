"""Changing when a key expires, without touching its value."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from dashboard import operations
from dashboard.access import Verb
from dashboard.web import links, wording
from dashboard.web.drafts import base_of, carry
from dashboard.web.notices import Notice, careful, tell
from dashboard.web.opened import Opened, open_value
from dashboard.web.responding import respond, send_to
from dashboard.web.saving import carried_out, reason_of
from dashboard.web.views.key import answer_key, frame_of, missing
from dashboard.web.visits import KeyVisit, enter_key
from dashboard.web.wording import moment

__all__ = ["ExpiryForm", "key_expiry"]

UNITS = {"s": ("seconds", 1), "min": ("minutes", 60), "h": ("hours", 3600), "d": ("days", 86400)}
LONGEST = 100 * 365 * 86400.0  # seconds: what every backend can hold


class ExpiryForm(forms.Form):
    """A length of time from now, or never."""

    when = forms.ChoiceField(choices=[("in", "in"), ("never", "never")])
    amount = forms.FloatField(required=False)
    unit = forms.ChoiceField(choices=[(name, said) for name, (said, _) in UNITS.items()])

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        if cleaned.get("when") == "in" and "amount" not in self.errors and "unit" in cleaned:
            amount = cleaned.get("amount")
            if amount is None or not amount > 0:
                self.add_error("amount", "Give a number above 0, such as 24.")
            elif amount * UNITS[cleaned["unit"]][1] > LONGEST:
                self.add_error("amount", "That is longer than a hundred years. Choose “never”.")
        return cleaned

    @property
    def seconds(self) -> float | None:
        """Seconds from now; None for never."""
        if self.cleaned_data["when"] == "never":
            return None
        amount: float = self.cleaned_data["amount"]
        return amount * UNITS[self.cleaned_data["unit"]][1]


@require_http_methods(["GET", "HEAD", "POST"])
async def key_expiry(request: HttpRequest, store: str) -> HttpResponse:
    """Show the expiry as a form, and save it for exactly the value that was shown."""
    visit = await enter_key(request, store, Verb.EXPIRE)
    opened = await open_value(visit)
    if opened.state == "missing":
        raise missing(visit)
    if opened.state != "here":
        return await answer_key(visit, opened)
    if request.method != "POST":
        return await shown(visit, opened, ExpiryForm(initial=initial_of(visit, opened)))
    form = ExpiryForm(request.POST)
    if not form.is_valid():
        return await shown(visit, opened, form, status=422)
    base = base_of(request.POST, opened.data)
    if base.data is None:
        notice = careful("The value changed meanwhile.", "Its expiry is still what is shown here.")
        return await shown(visit, opened, form, notice, status=409)
    verdict = await carried_out(
        operations.change_expiry(
            visit.person, store, visit.stored_key, base.data, form.seconds, reason_of(visit)
        )
    )
    if verdict.word == "saved":
        seconds = form.seconds
        said = "never expires" if seconds is None else f"expires in {wording.duration(seconds)}"
        tell(request, f"Saved: it {said}.")
        return send_to(request, links.key_url(store, visit.stored_key))
    now = Opened("here", verdict.current) if verdict.current else opened
    return await shown(visit, now, form, verdict.notice, status=verdict.status)


def initial_of(visit: KeyVisit, opened: Opened) -> dict[str, object]:
    """The time that is left, in the largest unit that says it shortly."""
    ends = opened.stored.expires_at if opened.stored else None
    if ends is None:
        return {"when": "never", "unit": "h"}
    left = max(1, round(ends - visit.now))
    unit = "d" if left > 2 * 86400 else "h" if left > 2 * 3600 else "min" if left > 120 else "s"
    return {"when": "in", "amount": round(left / UNITS[unit][1], 2), "unit": unit}


async def shown(
    visit: KeyVisit,
    opened: Opened,
    form: ExpiryForm,
    notice: Notice | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """The form, filled in, with what is wrong beside each field."""
    ends = opened.stored.expires_at if opened.stored else None
    context = (
        visit.context()
        | frame_of(visit)
        | {
            "notice": notice,
            "carried": await carry(visit, opened.data),
            "when": form["when"].value() or "in",
            "amount": form["amount"].value(),
            "unit": form["unit"].value() or "h",
            "units": [(name, said) for name, (said, _) in UNITS.items()],
            "errors": form.errors,
            "expires": moment(ends, now=visit.now, ahead=True),
            "left": wording.duration(ends - visit.now) if ends else "",
            "reason": reason_of(visit),
            "action_url": links.key_url(visit.store.name, visit.stored_key, "key-expiry"),
        }
    )
    return respond(visit.request, "key_expiry.html", context, part="form", status=status)
