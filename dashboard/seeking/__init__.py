"""Looking for a text inside the values of a store, in the background, for the person who asked."""

from dashboard.seeking.question import Hit, Question
from dashboard.seeking.search import MOST_HITS, Search, State
from dashboard.seeking.searches import Searches, run, searches_here

__all__ = [
    "MOST_HITS",
    "Hit",
    "Question",
    "Search",
    "Searches",
    "State",
    "run",
    "searches_here",
]
