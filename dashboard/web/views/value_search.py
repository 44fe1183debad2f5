"""Looking for a text inside the values of a store, or of one list of keys."""

from collections.abc import Awaitable, Callable
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from dashboard import marks
from dashboard.access import NO_RIGHTS, Rights, Verb, rights_of
from dashboard.access.rights import looking_of
from dashboard.seeking import Question, Search, searches_here
from dashboard.web import links, wording
from dashboard.web.notices import careful, notices_of
from dashboard.web.places import places_of
from dashboard.web.responding import is_partial, respond, send_to
from dashboard.web.value_hits import search_view
from dashboard.web.visits import StoreVisit, enter_namespace, enter_store

__all__ = ["value_search"]

LONGEST_TEXT = 200


@require_http_methods(["GET", "HEAD", "POST"])
async def value_search(request: HttpRequest, store: str) -> HttpResponse:
    """Look for `q`: in the plugin `ns`, in the shared keys (an empty `ns`), or in the whole store.

    The page of a text that was not looked for yet begins to. A form stops a search (`do=stop`), or
    begins it anew.
    """
    namespace = links.asked_all(request).get("ns")
    visit = await enter(request, store, namespace)
    question = Question(
        store=store,
        text=links.asked(request, "q").strip()[:LONGEST_TEXT],
        namespace=namespace or None,
        is_whole_store=namespace is None,
        asked_as=visit.looking,
    )
    if request.method == "POST":
        if request.POST.get("do") == "stop":
            searches_here().stop(visit.user.pk)
        else:
            begin(visit, question)
        return send_to(request, address_of(question))
    search = searches_here().of(visit.user.pk, question)
    # A refresh of the page's part never begins anything: the search may have ended long ago.
    if search is None and request.method == "GET" and not is_partial(request):
        search = begin(visit, question)
    return answer(visit, question, search)


async def enter(request: HttpRequest, store: str, namespace: str | None) -> StoreVisit:
    """Somebody who may see the values of what the address names, or some in the whole store."""
    if namespace is not None:
        return await enter_namespace(request, store, namespace or None, Verb.SEE_VALUES)
    visit = await enter_store(request, store)
    visit.rights.require_somewhere(Verb.SEE_VALUES, store)
    return visit


def begin(visit: StoreVisit, question: Question) -> Search | None:
    """Start looking, if there is something to look for and room to."""
    searches, person = searches_here(), visit.user.pk
    own = searches.of(person)
    is_in_place = own is not None and own.is_running
    if not question.text or visit.store.browsable is None:
        return None
    if searches.is_full and not is_in_place:
        return None
    hub, topic = marks.hub(), marks.search_topic(question.store, person)
    search = Search(
        question,
        visit.store,
        visit.catalog,
        rights_now(visit),
        tell=lambda: hub.mark(topic),
    )
    searches.start(person, search)
    return search


def rights_now(visit: StoreVisit) -> Callable[[], Awaitable[Rights]]:
    """What asks for this person's rights of the moment, as far as the search goes beyond it."""
    number, looking = visit.user.pk, looking_of(visit.request)

    async def ask() -> Rights:
        person = await User.objects.filter(pk=number).afirst()
        rights = NO_RIGHTS if person is None else await rights_of(person)
        return rights.seen_as(*looking) if looking and rights.administers else rights

    return ask


def answer(visit: StoreVisit, question: Question, search: Search | None) -> HttpResponse:
    if search is not None:
        search.look()
    store, is_whole = question.store, question.is_whole_store
    context: dict[str, Any] = visit.context() | {
        "notes": notices_of(visit.request),
        "places": places_of(
            visit,
            question.namespace,
            is_shared=not is_whole and question.namespace is None,
            here="search" if is_whole else "",
        ),
        "store": store,
        "q": wording.visible(question.text),
        "namespace": question.namespace or "",
        "is_whole_store": is_whole,
        "place": place_name(question),
        "here": address_of(question),
        "search_url": links.url("value-search", store),
        "whole_url": links.url("value-search", store, q=question.text or None),
        "names_url": names_url(question),
        "topic": visit.topics(marks.search_topic(store, visit.user.pk)),
        "cannot": "" if visit.store.browsable else "The backend of this store has no listing.",
        "search": None if search is None else search_view(visit, search),
    }
    if question.text and search is None and searches_here().is_full:
        title = "Too many people are searching inside values."
        context["notes"] = [careful(title, "Try again in a minute."), *context["notes"]]
    return respond(visit.request, "value_search.html", context, parts=("seek",))


def place_name(question: Question) -> str:
    if question.is_whole_store:
        return question.store
    if question.namespace is None:
        return "Shared keys"
    return wording.plugin_name(question.namespace)[0]


def address_of(question: Question) -> str:
    """The address of a search's page."""
    namespace = None if question.is_whole_store else question.namespace or ""
    return links.url("value-search", question.store, q=question.text or None, ns=namespace)


def names_url(question: Question) -> str:
    """Where the same text is looked for in the names of keys."""
    text = question.text or None
    if question.is_whole_store:
        return links.url("store", question.store, q=text)
    return links.namespace_url(question.store, question.namespace, q=text)
