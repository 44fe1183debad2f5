"""The help pages: what there is to read, in the order in which it is read."""

from dataclasses import dataclass

__all__ = ["TOPICS", "Topic", "topic_named"]


@dataclass(frozen=True, slots=True)
class Topic:
    """One page; `name` is in its address and names its template, `about` says what it answers."""

    name: str
    title: str
    about: str
    icon: str


TOPICS = (
    Topic("start", "Finding your way", "Stores, plugins, keys, and how to get to one.", "compass"),
    Topic("reading", "Reading a value", "What the lines of a value mean.", "book-open"),
    Topic("correcting", "Correcting a value", "From a typo to a new key.", "pencil"),
    Topic(
        "conflicts", "When the bot writes too", "Two changes at once, and unsure saves.", "split"
    ),
    Topic("expiry", "Expiry", "Keys that go away by themselves.", "timer"),
    Topic("secrets", "Masked values", "What is hidden, and who can see it.", "eye-off"),
    Topic("searching", "Searching inside values", "Not the name, the content.", "text-search"),
    Topic("history", "History of a key", "What was it yesterday?", "archive-restore"),
    Topic("journal", "The journal, and undo", "Who changed what, and back again.", "history"),
    Topic("audit", "Audit and sign-off", "Are the shared keys in order?", "badge-check"),
    Topic("watches", "Watching keys", "To be told of changes.", "bell"),
    Topic("roles", "Roles and grants", "Who may do what, and where.", "users-round"),
    Topic("findings", "Worth a look", "What findings mean and what to do.", "triangle-alert"),
    Topic("pictures", "Pictures", "Sizes, activity, and what expires.", "chart-column"),
    Topic("live", "Live pages", "What the dot in the bar says.", "radio"),
    Topic("words", "Words", "What we call things.", "whole-word"),
)


def topic_named(name: str) -> Topic | None:
    """The topic of that name; None if there is none."""
    return next((topic for topic in TOPICS if topic.name == name), None)
