"""Django's settings. Everything a person may set comes from the environment (see README)."""

import logging
import os
from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF

from dashboard.configuration import (
    allowed_hosts,
    channel_layers,
    parse_masks,
    parse_plugins,
    parse_stores,
    secret_key,
    webhook_url,
    whole_number,
    yes_or_no,
)

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("CUBBYHOLE_DATA_DIR", BASE_DIR / ".cubbyhole"))

# --- what the environment sets

CUBBYHOLE_STORES = parse_stores(os.environ.get("CUBBYHOLE_STORES", ""))
CUBBYHOLE_PLUGINS = parse_plugins(os.environ.get("CUBBYHOLE_PLUGINS", ""))
CUBBYHOLE_MASK = parse_masks(os.environ.get("CUBBYHOLE_MASK", ""))
CUBBYHOLE_WEBHOOK_URL = webhook_url(os.environ.get("CUBBYHOLE_WEBHOOK_URL", ""))
CUBBYHOLE_WEBHOOK_VALUES = yes_or_no(
    "CUBBYHOLE_WEBHOOK_VALUES", os.environ.get("CUBBYHOLE_WEBHOOK_VALUES", "no")
)
SECRET_KEY = secret_key(DATA_DIR)
ALLOWED_HOSTS = allowed_hosts(
    os.environ.get("CUBBYHOLE_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
)
DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("CUBBYHOLE_DATABASE_URL") or f"sqlite:///{DATA_DIR / 'dashboard.db'}"
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # The dashboard's own file, never the bot's: readers and the one writer do not wait for another.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
CHANNEL_LAYERS = channel_layers(os.environ.get("CUBBYHOLE_CHANNEL_LAYER_URL", ""))
CUBBYHOLE_JOURNAL_DAYS = whole_number(os.environ.get("CUBBYHOLE_JOURNAL_DAYS", "0"))
CUBBYHOLE_HISTORY_VERSIONS = whole_number(os.environ.get("CUBBYHOLE_HISTORY_VERSIONS", "50"))
CUBBYHOLE_HISTORY_MB = whole_number(os.environ.get("CUBBYHOLE_HISTORY_MB", "64"))
CUBBYHOLE_HISTORY_LARGEST_KB = whole_number(os.environ.get("CUBBYHOLE_HISTORY_LARGEST_KB", "256"))
CUBBYHOLE_HISTORY_DAYS = whole_number(os.environ.get("CUBBYHOLE_HISTORY_DAYS", "90"))
CUBBYHOLE_PROOF_MINUTES = whole_number(os.environ.get("CUBBYHOLE_PROOF_MINUTES", "15"))
SECURE_COOKIES = os.environ.get("CUBBYHOLE_HTTPS", "") == "1"

# --- what it is made of

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "template_partials",
    "dashboard",
]
MIDDLEWARE = [
    "dashboard.web.middleware.Security",
    "dashboard.web.middleware.ContentSecurity",
    "servestatic.middleware.ServeStaticMiddleware",
    "dashboard.web.middleware.Sessions",
    "dashboard.web.middleware.Common",
    "dashboard.web.middleware.Csrf",
    "dashboard.web.middleware.Authentication",
    "dashboard.web.gate.Gate",
    "dashboard.web.middleware.Messages",
    "dashboard.web.middleware.FrameOptions",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "dashboard.urls"
ASGI_APPLICATION = "dashboard.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": [
                "django.templatetags.static",
                "template_partials.templatetags.partials",
                "dashboard.web.templatetags.cubbyhole",
            ],
        },
    },
    {
        # For what there is some hundred of on a page.
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "lines",
        "DIRS": [BASE_DIR / "templates" / "lines"],
    },
]

# --- people

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # refuses before the password is looked at
    "django.contrib.auth.backends.ModelBackend",
]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS = ["axes.W002"]  # the sign-in view words the lock-out itself
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "overview"
LOGOUT_REDIRECT_URL = "sign-in"

# Sessions are rows of JSON and there is no cache: Django's caches unpickle what they hold.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "dashboard.web.views.errors.forged"

# --- what goes over the wire

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# The bytes that an edit started from travel in its form, so that a conflict can be shown.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
SERVESTATIC_USE_FINDERS = True

LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"


def in_one_line_if_refused(record: logging.LogRecord) -> bool:
    """Leave out the traceback of a request that was refused: Django adds it, and it is no error."""
    status = getattr(record, "status_code", None)
    if isinstance(status, int) and 400 <= status < 500:
        record.exc_info = None
    return True


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "refusals": {"()": "django.utils.log.CallbackFilter", "callback": in_one_line_if_refused}
    },
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["refusals"],
        }
    },
    "loggers": {"axes": {"level": "ERROR"}},
    "root": {"handlers": ["console"], "level": os.environ.get("CUBBYHOLE_LOG_LEVEL", "INFO")},
}
