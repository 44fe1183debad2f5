"""What the demo bot's plugins remember.

They use their storage as any Slack Machine plugin does; only the Slack messages that would make
them act are left out, and chance takes their place.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from storage_core.plugin_storage import PluginStorage

__all__ = [
    "PLUGINS",
    "Deploys",
    "Karma",
    "OnCall",
    "Plugin",
    "Poll",
    "Polls",
    "Reminders",
    "Settings",
]

PEOPLE = ("U02MINA", "U03JON", "U05PRIYA", "U07AYA", "U09TOMAS", "U11LEILA", "U12KOFI")
THINGS = ("coffee", "ci", "friday", "rubber-duck", "the-build", "kubernetes", "standup", "docs")
SERVICES = ("api", "billing", "importer", "search", "web")
TASKS = (
    "Renew the TLS certificate of the status page",
    "Ask Priya about the import of November",
    "Water the plants on floor 3",
    "Send the agenda for the retro",
    "Rotate the keys of the staging bucket",
)
BERLIN = ZoneInfo("Europe/Berlin")


class Plugin:
    """A plugin with its storage and a source of chance instead of a Slack channel."""

    name = ""

    def __init__(self, storage: PluginStorage, chance: random.Random) -> None:
        self.storage = storage
        self.chance = chance

    async def start(self) -> None:
        """What the plugin stores when the bot starts."""

    async def act(self) -> None:
        """One thing that the plugin does on a message or a timer."""


class Karma(Plugin):
    """Counts thanks: one small integer a key."""

    name = "acme.plugins.karma.Karma"

    async def start(self) -> None:
        for subject in (*PEOPLE, *THINGS):
            if not await self.storage.has(f"karma:{subject}"):
                await self.storage.set(f"karma:{subject}", self.chance.randint(-3, 240))

    async def act(self) -> None:
        key = f"karma:{self.chance.choice((*PEOPLE, *THINGS))}"
        points = await self.storage.get(key) or 0
        await self.storage.set(key, points + self.chance.choice((1, 1, 1, 2, -1)))


@dataclass
class Poll:
    """A question with the votes so far."""

    question: str
    options: list[str]
    author: str
    votes: dict[str, str] = field(default_factory=dict)
    closed: bool = False


class Polls(Plugin):
    """Keeps a poll as an object of the bot's own class."""

    name = "acme.plugins.polls.Polls"
    questions = (
        ("lunch", "Where do we eat?", ["Ramen", "Falafel", "Canteen"]),
        ("offsite", "Where do we go in spring?", ["Lisbon", "Kraków", "The Alps", "Nowhere"]),
        ("editor", "Tabs or spaces?", ["Tabs", "Spaces"]),
    )

    async def start(self) -> None:
        for key, question, options in self.questions:
            if not await self.storage.has(key):
                await self.storage.set(key, Poll(question, list(options), PEOPLE[0]))

    async def act(self) -> None:
        key, _, options = self.chance.choice(self.questions)
        poll = await self.storage.get(key)
        if isinstance(poll, Poll) and not poll.closed:
            poll.votes[self.chance.choice(PEOPLE)] = self.chance.choice(options)
            await self.storage.set(key, poll)


class OnCall(Plugin):
    """A rota with dates, and who is called now."""

    name = "acme.plugins.oncall.OnCall"

    async def start(self) -> None:
        monday = date(2026, 11, 23)
        rota = {monday + timedelta(weeks=i): PEOPLE[i % len(PEOPLE)] for i in range(8)}
        await self.storage.set("rota", rota)
        await self.act()

    async def act(self) -> None:
        now = datetime.now(BERLIN).replace(microsecond=0)
        await self.storage.set(
            "current",
            {
                "person": PEOPLE[now.isocalendar().week % len(PEOPLE)],
                "since": now - timedelta(hours=now.hour),
                "handover": timedelta(days=7),
                "escalation": (PEOPLE[1], PEOPLE[4]),
                "pages_this_week": self.chance.randint(0, 4),
            },
        )


class Deploys(Plugin):
    """A log that grows, cut to the last fifty."""

    name = "acme.plugins.deploys.Deploys"

    async def act(self) -> None:
        service = self.chance.choice(SERVICES)
        log = await self.storage.get(f"log:{service}") or []
        log.append(
            {
                "id": UUID(int=self.chance.getrandbits(128), version=4),
                "at": datetime.now(timezone.utc).replace(microsecond=0),  # noqa: UP017 - as bots write it
                "by": self.chance.choice(PEOPLE),
                "version": f"2026.11.{len(log) + 1}",
                "minutes": Decimal(self.chance.randint(20, 400)) / 10,
                "ok": self.chance.random() > 0.1,
            }
        )
        await self.storage.set(f"log:{service}", log[-50:])


class Reminders(Plugin):
    """Each reminder is a key that expires when it is due."""

    name = "acme.plugins.reminders.Reminders"

    async def act(self) -> None:
        number = self.chance.randrange(10_000)
        seconds = self.chance.choice((20, 45, 90, 600, 3600))
        await self.storage.set(
            f"reminder:{number:04}",
            {
                "for": self.chance.choice(PEOPLE),
                "text": self.chance.choice(TASKS),
                "due": datetime.now(timezone.utc) + timedelta(seconds=seconds),  # noqa: UP017 - as above
            },
            expires=seconds,
        )


class Settings(Plugin):
    """What all plugins share, under keys without a namespace."""

    name = "acme.plugins.settings.Settings"

    async def start(self) -> None:
        for key, value in (
            ("team", {"name": "Platform", "channel": "C01PLATFORM", "members": list(PEOPLE)}),
            ("rbac:role:admin", ["U02MINA", "U07AYA"]),
            ("quiet_hours", ("22:00", "07:00")),
            ("feature_flags", {"polls": True, "karma_decay": False, "reminders_v2": True}),
        ):
            if not await self.storage.has(key, shared=True):
                await self.storage.set(key, value, shared=True)

    async def act(self) -> None:
        await self.storage.set("last_seen", datetime.now(timezone.utc), shared=True)  # noqa: UP017 - as above
        if self.chance.random() < 0.1:
            flags = await self.storage.get("feature_flags", shared=True) or {}
            flags["karma_decay"] = not flags.get("karma_decay")
            await self.storage.set("feature_flags", flags, shared=True)


PLUGINS: Sequence[tuple[type[Plugin], int]] = (
    (Karma, 8),
    (Reminders, 4),
    (Polls, 3),
    (Settings, 2),
    (Deploys, 2),
    (OnCall, 1),
)
"""Each plugin with how often it acts, relative to the others."""
