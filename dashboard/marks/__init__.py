"""«This is stale»: the only thing that is told between the store, the processes and the pages.

A topic names what may be stale. A mark says that a topic is stale; it carries no values. Marks of
one topic are the same mark, so a subscriber holds at most one for each topic whatever the rate.
"""

from dashboard.marks.announcing import GROUP, announce, announce_entry, run
from dashboard.marks.hubs import Hub, Subscriber, hub
from dashboard.marks.topics import (
    Topic,
    findings_topic,
    history_topic,
    journal_topic,
    key_topic,
    namespace_topic,
    place_journal_topic,
    search_topic,
    signed_topic,
    store_journal_topic,
    store_topic,
    topic_from,
    versions_topic,
)

__all__ = [
    "GROUP",
    "Hub",
    "Subscriber",
    "Topic",
    "announce",
    "announce_entry",
    "findings_topic",
    "history_topic",
    "hub",
    "journal_topic",
    "key_topic",
    "namespace_topic",
    "place_journal_topic",
    "run",
    "search_topic",
    "signed_topic",
    "store_journal_topic",
    "store_topic",
    "topic_from",
    "versions_topic",
]
