"""The geometry of pictures: numbers to places on a plane, without words, colours or addresses."""

from dashboard.pictures.bars import Bar, bars, share_of, top_of
from dashboard.pictures.treemap import Tile, treemap

__all__ = ["Bar", "Tile", "bars", "share_of", "top_of", "treemap"]
