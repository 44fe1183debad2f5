"""The pages: who may see what, shown and changed in the browser."""
