"""What the README promises, tried with real processes at the figure that is given.

Two dashboards share a database and a channel layer, a stock Slack Machine bot writes, and servers
and dashboards are paused and killed where the promise is about that. The ordinary run is a short
one; `CUBBYHOLE_PROMISES=10` makes it ten times as long.
"""
