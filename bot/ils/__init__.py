"""The library systems behind the Protocol of `bot.library`, an adapter a folder."""
