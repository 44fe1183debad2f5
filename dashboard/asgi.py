"""The ASGI application: pages, sockets, and the watchers that live as long as the process."""

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
pages = get_asgi_application()

# Only after Django is set up: these import models.
from dashboard.body_limit import BodyLimit  # noqa: E402
from dashboard.lifespan import Lifespan  # noqa: E402
from dashboard.live.routing import websocket_urlpatterns  # noqa: E402
from dashboard.request_threads import RequestThreads  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": BodyLimit(RequestThreads(pages)),  # type: ignore[arg-type] # Django types its scope more loosely
        "websocket": AuthMiddlewareStack(
            URLRouter(websocket_urlpatterns)  # type: ignore[arg-type] # Django's own `path` will do
        ),
        "lifespan": Lifespan(),
    }
)
