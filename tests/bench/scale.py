"""How much is measured: sizes and repetitions, large for figures and tiny to see that it runs."""

from typing import Final, NamedTuple

__all__ = ["FULL", "TINY", "Scale"]


class Scale(NamedTuple):
    """`sizes` are numbers of keys; `rounds` how often a quick thing is repeated; `seconds` how
    long a load goes on; `viewers` and `crowds` are numbers of sockets.
    """

    sizes: tuple[int, ...]
    rounds: int
    seconds: float
    viewers: tuple[int, ...]
    crowds: tuple[int, ...]
    rate: int
    """Writes a second in a burst."""
    pause: float
    """Seconds between two writes to a quiet page: longer than any coalescing, for figures."""


FULL: Final = Scale((10_000, 100_000, 1_000_000), 200, 10.0, (1, 10, 100), (100, 1000), 50_000, 0.7)
TINY: Final = Scale((1_000,), 3, 0.2, (2,), (5,), 500, 0.05)
