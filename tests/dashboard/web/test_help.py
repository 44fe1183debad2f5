"""Every help page is there, for everybody who is signed in, and is linked where it is needed."""

import re
from pathlib import Path

import pytest

from dashboard.access import ROLES
from dashboard.web import links
from dashboard.web.guide import TOPICS, topic_named

TEMPLATES = Path(__file__).parents[3] / "templates"


@pytest.mark.parametrize("topic", [topic.name for topic in TOPICS])
async def test_each_topic_has_a_page_that_leads_to_the_others(cast, topic):
    page = (await cast["nobody"].get(links.url("help-topic", topic))).content.decode()
    assert all(links.url("help-topic", other.name) in page for other in TOPICS)
    assert len(page.split('class="prose"')[1]) > 500


async def test_a_topic_that_is_not_there_leads_back_to_the_help(reader):
    answer = await reader.get(links.url("help-topic", "cooking"))
    assert answer.status_code == 404
    assert links.url("help-index") in answer.content.decode()


async def test_every_role_is_explained(reader):
    page = (await reader.get(links.url("help-topic", "roles"))).content.decode()
    assert all(role.label in page and role.about in page for role in ROLES.values())


def test_every_link_to_a_help_page_leads_to_one():
    texts = [file.read_text() for file in TEMPLATES.rglob("*.html")]
    named = set(re.findall(r'about="(\w+)"|"help-topic" "(\w+)"', "\n".join(texts)))
    linked = {first or second for first, second in named}
    assert linked
    assert {name for name in linked if topic_named(name) is None} == set()


@pytest.mark.parametrize(
    ("page", "topic"),
    [
        ("audit", "audit"),
        ("audit_review", "audit"),
        ("watches", "watches"),
        ("key_watch", "watches"),
        ("pictures", "pictures"),
        ("value_search", "searching"),
    ],
)
def test_a_page_that_asks_for_a_word_leads_to_it(page, topic):
    assert f'about="{topic}"' in (TEMPLATES / f"{page}.html").read_text()
