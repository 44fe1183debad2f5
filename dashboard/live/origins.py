"""Whether a socket was opened by a page of ours.

Browsers send cookies with any page's socket, so the Origin decides. It is compared in full, with
scheme and port, as Django does for forms: another port of the same host is somebody else.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.utils.http import is_same_domain

__all__ = ["is_own_origin"]


def is_own_origin(scope: Mapping[str, Any]) -> bool:
    """Whether the handshake in this ASGI scope comes from an allowed origin."""
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    origin, host = headers.get(b"origin", "").lower(), headers.get(b"host", "").lower()
    if origin and host and validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        scheme = "https" if is_secure(scope, headers) else "http"
        if origin == f"{scheme}://{host}":
            return True
    return any(is_trusted(origin, trusted) for trusted in settings.CSRF_TRUSTED_ORIGINS)


def is_secure(scope: Mapping[str, Any], headers: Mapping[bytes, str]) -> bool:
    if settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        header = name.removeprefix("HTTP_").replace("_", "-").lower().encode()
        if header in headers:
            return headers[header].split(",")[0].strip() == value
    return bool(scope.get("scheme") == "wss")


def is_trusted(origin: str, trusted: str) -> bool:
    """Whether an origin is one of the settings', which may have a `*` for subdomains."""
    scheme, _, host = trusted.partition("://")
    if not host.startswith("*"):
        return origin == trusted
    its_scheme, _, its_host = origin.partition("://")
    return its_scheme == scheme and is_same_domain(its_host, host[1:])
