"""Everything a patron reads: wording by key, and layouts. Values in, neutral replies out. Free of I/O.

`replies` holds the neutral forms that flows return; the layouts turn them into LINE message objects as plain
dicts (LINE's public JSON), which `bot.line` sends. Nothing here knows the LINE SDK.
"""
