"""Which rules of masking hold for the values of a store."""

from django.conf import settings

from dashboard.access.places import Place
from storage_core.keys import KeyRef
from storage_core.values import Masking

__all__ = ["masking_for"]


def masking_for(store: str, stored_key: str) -> Masking:
    """The usual rules, with the words that `CUBBYHOLE_MASK` adds or spares in this place."""
    ref = KeyRef.parse(stored_key)
    if not settings.CUBBYHOLE_MASK:  # most often, and a list asks for each of its keys
        return Masking(ref.key)
    here = [
        rule
        for rule in settings.CUBBYHOLE_MASK
        if Place(rule.store, rule.where).covers(store, ref.namespace)
    ]
    return Masking(
        ref.key,
        tuple(word for rule in here for word in rule.words),
        tuple(word for rule in here for word in rule.spared),
    )
