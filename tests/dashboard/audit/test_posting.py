"""The team's webhook hears the names of watched keys that changed."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.utils import timezone

from dashboard.access.models import Grant
from dashboard.audit.models import Watch
from dashboard.audit.posting import Poster, escaped, send
from dashboard.audit.sightings import Seen
from dashboard.audit.watches import watch


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


async def test_a_hook_that_is_away_is_an_error_that_is_told(settings):
    settings.CUBBYHOLE_WEBHOOK_URL = "http://127.0.0.1:9/"
    with pytest.raises(OSError, match="refused"):
        await send("hello")
