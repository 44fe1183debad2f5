"""Looking into a store and correcting it from a terminal or a script."""
