"""The team's webhook hears the names of watched keys that changed."""

import json
import pickle
import secrets
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from dashboard import catalog, reading, stores, watching
from dashboard.access import people
from dashboard.access.models import Grant
from dashboard.audit.messages import escaped, glimpses_of
from dashboard.audit.models import Sighting, Watch
from dashboard.audit.posting import Poster, send
from dashboard.audit.unwritten import Seen
from dashboard.audit.watches import watch
from dashboard.keyed import digest_of_key
from tests.waiting import until


@pytest.fixture
def posted():
    return []


@pytest.fixture
def poster(posted):
    async def keep(text):
        posted.append(text)

    return Poster("prod", send=keep)


def seen(count=1, *, is_gone=False):
    at = timezone.now().timestamp()
    return Seen(at, at, count, is_gone)


async def test_a_watched_key_that_changed_is_told_of(poster, posted, mina):
    await watch(mina, "prod", "team", posts=True)
    poster.hear({"team": seen(3), "flags": seen()})
    await poster.post()
    assert posted == ["Watched keys in *prod*:\n• `team` changed 3 times (watched by mina)"]


async def test_a_watch_that_does_not_post_is_quiet(poster, posted, mina):
    await watch(mina, "prod", "team", posts=False)
    poster.hear({"team": seen()})
    await poster.post()
    assert posted == []


async def test_a_watch_is_told_of_once_a_minute_and_then_of_all(poster, posted, mina):
    await watch(mina, "prod", "team", posts=True)
    for _ in range(3):
        poster.hear({"team": seen()})
        await poster.post()
    assert len(posted) == 1
    await Watch.objects.aupdate(posted_at=timezone.now() - timedelta(minutes=2))
    await poster.post()
    assert posted[1].endswith("• `team` changed 2 times (watched by mina)")


async def test_of_several_processes_one_posts(poster, posted, mina):
    other = Poster("prod", send=poster.send)
    await watch(mina, "prod", "team", posts=True)
    change = {"team": seen()}
    for one in (poster, other):
        one.hear(change)
        await one.post()
    assert len(posted) == 1
    assert other.waiting == {}


async def test_whoever_may_not_see_the_key_any_more_posts_nothing(poster, posted, mina):
    await watch(mina, "prod", "team", posts=True)
    await Grant.objects.filter(person=mina).adelete()
    poster.hear({"team": seen()})
    await poster.post()
    assert posted == []


async def test_whoever_is_disabled_posts_nothing(poster, posted, mina):
    await watch(mina, "prod", "team", posts=True)
    mina.is_active = False
    await mina.asave()
    poster.hear({"team": seen()})
    await poster.post()
    assert posted == []


async def test_a_key_that_is_gone_is_told_of(poster, posted, mina):
    await watch(mina, "prod", "team", posts=True)
    poster.hear({"team": seen(is_gone=True)})
    await poster.post()
    assert "`team` is gone" in posted[0]


def test_a_name_mentions_nobody_and_links_nowhere():
    assert escaped("<!channel> & `x`\n<http://evil|here>\udce9") == (
        "&lt;!channel&gt; &amp; 'x'�&lt;http://evil|here&gt;\\udce9"
    )


async def test_a_message_is_posted_as_slack_takes_it(settings):
    taken = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self):
            taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *words):
            pass

    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.handle_request).start()
        settings.CUBBYHOLE_WEBHOOK_URL = f"http://127.0.0.1:{server.server_port}/hook"
        await send("hello")
    assert taken == [{"text": "hello"}]


class Away:
    """A webhook that takes nothing until it `is_back`; meanwhile things happen."""

    def __init__(self, posted, meanwhile=lambda: None):
        self.posted, self.meanwhile, self.is_back = posted, meanwhile, False

    async def __call__(self, text):
        self.meanwhile()
        if not self.is_back:
            raise OSError("refused")
        self.posted.append(text)


async def test_what_the_hook_did_not_take_is_told_later_with_what_came_since(posted, mina):
    away = Away(posted, lambda: poster.hear({"team": seen(is_gone=True), "flags": seen()}))
    poster = Poster("prod", send=away)
    await watch(mina, "prod", "team", posts=True)
    await watch(mina, "prod", "flags", posts=True)
    poster.hear({"team": seen(3)})
    await poster.try_to_post()
    assert {key: (news.count, news.is_gone) for key, news in poster.waiting.items()} == {
        "team": (4, True),
        "flags": (1, False),
    }
    assert await Watch.objects.filter(failing_since__isnull=False).acount() == 1
    away.is_back, away.meanwhile = True, lambda: None
    await poster.try_to_post()
    assert "`team` is gone" in posted[0]
    assert "`flags` changed" in posted[0]
    assert not await Watch.objects.filter(failing_since__isnull=False).aexists()


async def test_it_is_tried_again_less_and_less_often(posted, mina):
    now = 0.0
    poster = Poster("prod", send=Away(posted), clock=lambda: now)
    await watch(mina, "prod", "team", posts=True)
    poster.hear({"team": seen()})
    waits = []
    for _ in range(8):
        await poster.try_to_post()
        waits.append(poster.not_before)
    assert waits == [20, 40, 80, 160, 320, 600, 600, 600]
    assert poster.waiting["team"].count == 1


async def test_news_of_two_watches_of_one_key_are_not_counted_twice(posted, mina):
    poster = Poster("prod", send=Away(posted))
    lea = await sync_to_async(people.add_person)("lea", "reader")
    await watch(mina, "prod", "team", posts=True)
    await watch(lea, "prod", "team", posts=True)
    just_now = timezone.now() - timedelta(seconds=1)
    await Watch.objects.filter(person=lea).aupdate(posted_at=just_now)
    poster.hear({"team": seen(3)})
    await poster.try_to_post()
    assert poster.waiting["team"].count == 3
    assert (await Watch.objects.aget(person=lea)).posted_at == just_now


@pytest.fixture
async def kept(settings):
    """A store with a key that has a secret in it."""
    settings.CUBBYHOLE_STORES = {"prod": f"memory://{secrets.token_hex(8)}"}
    async with reading.run(), watching.run():
        await stores.get("prod").backend.set("team", pickle.dumps({"n": 7, "token": "hush"}, 4))
        await until(lambda: (row := catalog.of("prod").row("team")) and row.size)
        yield


@pytest.mark.parametrize("is_allowed", [True, False])
async def test_values_are_told_only_where_allowed_and_secrets_never(
    kept, poster, posted, mina, settings, is_allowed
):
    settings.CUBBYHOLE_WEBHOOK_VALUES = is_allowed
    await watch(mina, "prod", "team", posts=True)
    poster.hear({"team": seen()})
    await poster.post()
    assert ("7" in posted[0]) is is_allowed
    assert "hush" not in posted[0]


async def test_no_value_is_told_for_who_may_not_see_it(kept, settings):
    settings.CUBBYHOLE_WEBHOOK_VALUES = True
    assert set(await glimpses_of("prod", ["team"], {"team"})) == {"team"}
    assert await glimpses_of("prod", ["team"], set()) == {}


async def test_a_hook_that_is_away_is_an_error_that_is_told(settings):
    settings.CUBBYHOLE_WEBHOOK_URL = "http://127.0.0.1:9/"
    with pytest.raises(OSError, match="refused"):
        await send("hello")


async def sighted(key, changes, *, ago=timedelta(), is_gone=False):
    """The watcher has written down so many changes of a key, and tells of the last one."""
    at = timezone.now() - ago
    await Sighting.objects.aupdate_or_create(
        store="prod",
        key_digest=digest_of_key(key),
        defaults={
            "changes": changes,
            "last_changed": at,
            "removed_at": at if is_gone else None,
        },
        create_defaults={
            "key": key.encode(),
            "is_shared": True,
            "first_seen": at,
            "last_changed": at,
            "changes": changes,
        },
    )
    return {key: Seen(at.timestamp(), at.timestamp(), 1, is_gone, total=changes)}


@pytest.fixture
async def watched(mina):
    return await watch(mina, "prod", "team", posts=True)


def started(poster):
    """The poster of a process that begins where the other ended."""
    return Poster("prod", send=poster.send)


async def test_news_that_waited_are_told_after_a_start_and_once(poster, posted, watched):
    poster.hear(await sighted("team", 4))
    await poster.try_to_post()
    poster.hear(await sighted("team", 7))
    await poster.try_to_post()
    await Watch.objects.aupdate(posted_at=timezone.now() - timedelta(minutes=2))
    for other in (started(poster), started(poster)):
        await other.try_to_post()
        await other.try_to_post()
    assert len(posted) == 2
    assert posted[1].endswith("• `team` changed 3 times (watched by mina)")


async def test_what_the_hook_did_not_take_is_told_after_a_start(posted, watched):
    poster = Poster("prod", send=Away(posted))
    poster.hear(await sighted("team", 4))
    await poster.try_to_post()
    poster.send.is_back = True
    await started(poster).try_to_post()
    assert len(posted) == 1


async def test_what_was_told_is_not_told_again_after_a_start(poster, posted, watched):
    poster.hear(await sighted("team", 4))
    await poster.try_to_post()
    await Watch.objects.aupdate(posted_at=timezone.now() + timedelta(minutes=2))
    other = started(poster)
    await other.try_to_post()
    assert len(posted) == 1
    assert other.waiting == {}


async def test_what_is_old_by_then_is_told_in_one_line(poster, posted, mina):
    for key in ("team", "flags"):
        await watch(mina, "prod", key, posts=True)
        await sighted(key, 9, ago=timedelta(hours=5))
    await Watch.objects.aupdate(since=timezone.now() - timedelta(days=9))
    await started(poster).try_to_post()
    assert len(posted) == 1
    assert posted[0].count("•") == 1
    assert "told late: `team`, `flags`" in posted[0]


async def test_what_is_far_too_old_and_what_was_before_the_watch_is_not_told(poster, posted, mina):
    await watch(mina, "prod", "team", posts=True)
    await sighted("team", 9, ago=timedelta(days=8))
    await watch(mina, "prod", "flags", posts=True)
    await sighted("flags", 9, ago=timedelta(minutes=1))
    await Watch.objects.filter(key_digest=digest_of_key("team")).aupdate(
        since=timezone.now() - timedelta(days=20)
    )
    await started(poster).try_to_post()
    assert posted == []


async def test_what_is_heard_before_the_past_is_known_is_not_counted_twice(poster, posted, watched):
    heard = await sighted("team", 4)
    other = started(poster)
    other.hear(heard)
    await Watch.objects.aupdate(posted_changes=1)
    await other.try_to_post()
    assert posted[0].endswith("• `team` changed 3 times (watched by mina)")


async def test_a_change_of_the_last_moment_before_a_message_is_told_in_the_next(
    poster, posted, watched
):
    poster.hear(await sighted("team", 1))
    await poster.try_to_post()
    # Seen before the message, and written down after it.
    poster.hear(await sighted("team", 2, ago=timedelta(seconds=5)))
    await poster.try_to_post()
    assert poster.waiting["team"].total == 2  # its minute is not over
    await Watch.objects.aupdate(posted_at=timezone.now() - timedelta(seconds=61))
    await poster.try_to_post()
    assert len(posted) == 2
