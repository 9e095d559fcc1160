"""Everything the bot knows and does. There is no HTTP server in this package; that is `webhooks`."""
