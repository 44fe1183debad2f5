"""Constructors that are shown as what they make, recognised by exact name and argument shape."""
