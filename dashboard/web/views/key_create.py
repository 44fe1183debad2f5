"""Creating a key: its name, its value as typed text, and when it expires."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from dashboard import operations
from dashboard.access import Verb
from dashboard.web import editing, links, notices, wording
from dashboard.web.changing import complaint_of
from dashboard.web.making import KINDS, SWITCH, made_control, made_text
from dashboard.web.notices import Notice, tell
from dashboard.web.permits import permits_of
from dashboard.web.responding import respond, send_to
from dashboard.web.saving import REASON_LIMIT, carried_out
from dashboard.web.views.key_expiry import UNITS, ExpiryForm
from dashboard.web.visits import StoreVisit, enter_namespace
from storage_core.exceptions import StorageError
from storage_core.keys import KeyRef, is_namespace

__all__ = ["key_create"]

SAMPLE = "{'name': 'value', 'count': 1}"
EXISTS = notices.careful(
    "There is a key of this name already.", "Open it to change it, or choose another name."
)


@require_http_methods(["GET", "HEAD", "POST"])
async def key_create(request: HttpRequest, store: str) -> HttpResponse:
    """The form for a new key of the plugin `ns`, or for a shared one."""
    namespace = links.asked(request, "ns") or None
    visit = await enter_namespace(request, store, namespace, Verb.CREATE)
    if request.method != "POST":
        return form(visit, namespace, {"when": "never", "unit": "h"})
    typed = request.POST
    if SWITCH in typed:
        return form(visit, namespace, typed)
    expiry = ExpiryForm(typed)
    errors = {name: str(said[0]) for name, said in expiry.errors.items()}
    name = typed.get("name", "")
    if complaint := complaint_about(name, namespace):
        errors["name"] = complaint
    try:
        data = await editing.created(made_text(typed))
    except StorageError as error:
        errors["text"] = complaint_of(error)
    if errors:
        return form(visit, namespace, typed, errors=errors, status=422)
    stored_key = KeyRef(namespace, name).stored_key
    verdict = await carried_out(
        operations.create(
            visit.person,
            store,
            stored_key,
            data,
            expiry.seconds,
            typed.get("reason", "").strip()[:REASON_LIMIT],
        )
    )
    if verdict.word == "saved":
        tell(request, f"{wording.key_name(name)} is created.")
        return send_to(request, links.key_url(store, stored_key))
    notice = EXISTS if verdict.word == "changed" else verdict.notice
    opens = links.key_url(store, stored_key)
    return form(visit, namespace, typed, notice=notice, opens=opens, status=verdict.status)


def complaint_about(name: str, namespace: str | None) -> str:
    """What is wrong with a key's name; empty if nothing is."""
    if not name:
        return "Give the key a name."
    if namespace is None and KeyRef.parse(name).namespace is not None:
        plugin = KeyRef.parse(name).namespace
        return f"A shared key of this name would be a private key of the plugin {plugin}."
    if namespace is not None and not is_namespace(namespace):
        return "This plugin's name is not spelled like one, so the key would become a shared one."
    return ""


def form(
    visit: StoreVisit,
    namespace: str | None,
    typed: Any,
    *,
    errors: dict[str, str] | None = None,
    notice: Notice | None = None,
    opens: str = "",
    status: int = 200,
) -> HttpResponse:
    """The form, filled in as it was typed, with what is wrong beside each field."""
    store = visit.store.name
    errors = errors or {}
    title, module = ("Shared keys", "") if namespace is None else wording.plugin_name(namespace)
    context = visit.context() | {
        "store": store,
        "store_url": links.url("store", store),
        "plugin": title,
        "module": module,
        "plugin_url": links.namespace_url(store, namespace),
        "permits": permits_of(visit, namespace),
        "notice": notice,
        "opens": opens,
        "errors": errors | ({"amount": [errors["amount"]]} if "amount" in errors else {}),
        "name": typed.get("name", ""),
        "control": made_control(typed),
        "kinds": KINDS,
        "sample": SAMPLE,
        "when": typed.get("when", "never"),
        "amount": typed.get("amount", ""),
        "unit": typed.get("unit", "h"),
        "units": [(name, said) for name, (said, _) in UNITS.items()],
        "reason": typed.get("reason", ""),
        "action_url": links.url("key-create", store, ns=namespace),
    }
    return respond(visit.request, "key_create.html", context, part="form", status=status)
