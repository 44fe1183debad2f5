"""What the bot's plugin is called."""

PLUGIN = "acme.plugins.support.Support"
