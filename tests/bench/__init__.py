"""Measurements against a floor or a peer, taken in the same run."""
