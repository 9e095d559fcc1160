"""LINE's Messaging API: what may be asked of it (`api`), the only caller of the SDK (`client`), and LINE's events.

`api` and `events` know nothing of the SDK; only `client` imports it, and only `bot.wiring` names `client`.
"""
