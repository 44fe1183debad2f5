"""A class as plugins write them."""

from dataclasses import dataclass


@dataclass
class Ticket:
    """What a support plugin remembers."""

    title: str
    number: int
    status: str = "open"
