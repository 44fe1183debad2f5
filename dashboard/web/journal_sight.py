"""What one person sees of the journal."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from dashboard import stores
from dashboard.access import Rights, Verb

__all__ = ["exportable_lines", "may_export", "require_export", "visible_lines"]


def visible_lines(rights: Rights) -> Q:
    """The lines that are this person's to see, as a condition for the database.

    A line about a whole store is for those who see the journal of all of it, one that is about no
    store (who may do what, what was taken along) for those who decide about rights.
    """
    lines = lines_for(rights, Verb.SEE_JOURNAL)
    return lines if rights.administers else lines & ~Q(store="")


def lines_for(rights: Rights, verb: Verb) -> Q:
    is_of_store = Q(namespace="", key_digest="")
    whole = rights.rows(verb, of_whole_stores=True)
    return (rights.rows(verb) & ~is_of_store) | (whole & is_of_store)


def exportable_lines(rights: Rights) -> Q:
    """The lines that this person may take along as well."""
    return visible_lines(rights) & lines_for(rights, Verb.EXPORT)


def may_export(rights: Rights) -> bool:
    """Whether there is a place whose journal this person may take along."""
    return any(rights.may_somewhere(Verb.EXPORT, store.name) for store in stores.all_stores())


def require_export(rights: Rights) -> None:
    """Pass, or raise PermissionDenied with a sentence."""
    if not may_export(rights):
        raise PermissionDenied(rights.why_not(Verb.EXPORT))
