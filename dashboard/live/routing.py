"""Where sockets connect."""

from django.urls import path

from dashboard.live.consumer import LiveConsumer

__all__ = ["websocket_urlpatterns"]

websocket_urlpatterns = [
    path("live/", LiveConsumer.as_asgi())  # type: ignore[arg-type] # Django types views only
]
