"""One socket for each open page: it is told what is stale, and gets that itself."""
