"""The web dashboard for what a chat bot remembers."""
