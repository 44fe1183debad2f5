"""A small bot with believable plugins, to look at: `python -m storage_core.demo URL`."""
