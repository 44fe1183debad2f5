"""The dashboard's settings, with addresses more for whoever measures it."""

from dashboard.settings import *  # noqa: F403 - the very same settings

ROOT_URLCONF = "tests.bench.floor_urls"
