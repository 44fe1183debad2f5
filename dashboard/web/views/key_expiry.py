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
    """When a key is to expire: a length of time from now, or never."""

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


class ChangeForm(ExpiryForm):
    """As `ExpiryForm`, for a key that has an expiry, which may also stay as it is."""

    when = forms.ChoiceField(choices=[("keep", "keep"), ("in", "in"), ("never", "never")])

    def clean(self) -> dict[str, object]:
        cleaned = super().clean()
        if cleaned.get("when") == "keep" and cleaned.get("amount") is not None:
            self.add_error("amount", "Choose “In” for this time, or leave it empty.")
        return cleaned

    @property
    def is_kept(self) -> bool:
        return bool(self.cleaned_data["when"] == "keep")


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
        return await shown(visit, opened, ChangeForm(initial=initial_of(visit, opened)))
    form = ChangeForm(request.POST)
    if not form.is_valid():
        return await shown(visit, opened, form, status=422)
    return await saved(visit, opened, form)


async def saved(visit: KeyVisit, opened: Opened, form: ChangeForm) -> HttpResponse:
    """Do what the form asks, if the value is still the one that was shown."""
    request, store = visit.request, visit.store.name
    base = base_of(request.POST, opened.data)
    if base.data is None:
        notice = careful("The value changed meanwhile.", "Its expiry is still what is shown here.")
        return await shown(visit, opened, form, notice, status=409)
    if form.is_kept:
        tell(request, f"Nothing was changed: it still {said_of(left_of(visit, opened))}.")
        return send_to(request, links.key_url(store, visit.stored_key))
    verdict = await carried_out(
        operations.change_expiry(
            visit.person, store, visit.stored_key, base.data, form.seconds, reason_of(visit)
        )
    )
    if verdict.word == "saved":
        tell(request, f"Saved: it {said_of(form.seconds)}.")
        return send_to(request, links.key_url(store, visit.stored_key))
    now = Opened("here", verdict.current) if verdict.current else opened
    return await shown(visit, now, form, verdict.notice, status=verdict.status)


def initial_of(visit: KeyVisit, opened: Opened) -> dict[str, object]:
    """What it is: sent back untouched, the form changes nothing. The unit is that of the time that
    is left.
    """
    left = left_of(visit, opened)
    if left is None:
        return {"when": "never", "unit": "h"}
    unit = "d" if left > 2 * 86400 else "h" if left > 2 * 3600 else "min" if left > 120 else "s"
    return {"when": "keep", "unit": unit}


def left_of(visit: KeyVisit, opened: Opened) -> float | None:
    """Seconds until it expires; None for never."""
    ends = opened.stored.expires_at if opened.stored else None
    return None if ends is None else ends - visit.now


def said_of(seconds: float | None) -> str:
    return "never expires" if seconds is None else f"expires in {wording.duration(seconds)}"


async def shown(
    visit: KeyVisit,
    opened: Opened,
    form: ExpiryForm,
    notice: Notice | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """The form, filled in, with what is wrong beside each field."""
    left = left_of(visit, opened)
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
            "expires": moment(
                None if left is None else visit.now + left, now=visit.now, ahead=True
            ),
            "left": "" if left is None else wording.duration(left),
            "reason": reason_of(visit),
            "action_url": links.key_url(visit.store.name, visit.stored_key, "key-expiry"),
        }
    )
    return respond(visit.request, "key_expiry.html", context, part="form", status=status)
