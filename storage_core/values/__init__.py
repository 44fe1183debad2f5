"""Reading and changing stored values without running them."""
