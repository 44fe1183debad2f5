"""`manage.py up` for tests that do not wait for minutes: what a killed process left open is settled
by another one after `ABANDONED_SECONDS`.

    python -m tests.promises.hasty_dashboard --port … --store …
"""

import sys
from datetime import timedelta

import django
from django.core.management import call_command

django.setup()

# Only after Django is set up: these import models.
from dashboard import lifespan  # noqa: E402
from dashboard.operations import execution, settlement  # noqa: E402

ABANDONED_SECONDS = 25

if __name__ == "__main__":
    settlement.ABANDONED_AFTER = timedelta(seconds=ABANDONED_SECONDS)
    execution.TOO_LATE_AFTER = 5.0
    lifespan.RECONCILE_EVERY = 1.0
    call_command("up", *sys.argv[1:])
