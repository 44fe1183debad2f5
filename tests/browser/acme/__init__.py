"""A bot's own code: the dashboard cannot import it."""
