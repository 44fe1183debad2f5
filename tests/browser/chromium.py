"""How Chromium is started, also by who measures and knows nothing of Django."""

from typing import Final

__all__ = ["FLAGS"]

FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
