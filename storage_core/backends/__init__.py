"""Where the bytes are: one module per technology. They never import each other."""
