"""A process that adds so many entries to the journal, as fast as it can.

python -m tests.promises.appender <how many> <name>
"""

import sys

import django
from django.utils import timezone

django.setup()

# Only after Django is set up: these import models.
from dashboard.journal import chain  # noqa: E402
from dashboard.journal.models import Answer, Deed, Entry, Kind  # noqa: E402

if __name__ == "__main__":
    for number in range(int(sys.argv[1]) // 2):
        at = timezone.now()
        facts = {"store": "prod", "key": b"a", "deed": Deed.EDIT, "after": b"x" * number}
        one = chain.append(Entry(at=at, kind=Kind.INTENT, reason=sys.argv[2], **facts))
        chain.append(Entry(at=at, kind=Kind.OUTCOME, about=one, answer=Answer.SAVED))
