"""A Japanese message in, an intent and its slots out.

Pure: no I/O beyond reading this package's own data when a parser is made, no clock, no setting, and no
import of any other part of the bot. The stages, a file each: `normalize` (one spelling for many),
`tokens` (Sudachi), `spans` with `numbers` and `dates` (fixed forms), `match` (known words and patterns,
sentence by sentence as `segments` cuts them), `titles` with `kinds`, `shapes` and `naming` (which words
name a work), joined in `seen`; `rank` (which reading is meant), `slots`. What
the patterns say is weighed (`weigh`) against a trained `classifier` over `features` of the message, and, in a
conversation, against what the open question is `expecting`. Words and patterns are data, one file an intent
under `data/intents/`.

A reading whose confidence is below `UNDERSTOOD` counts as not understood.
"""

from bot.intents.expecting import Expected
from bot.intents.lexicon import DataError
from bot.intents.model import SLOTS, UNDERSTOOD, Intent, Reading, SlotValue
from bot.intents.parser import DEFAULT, Parser, load_parser

__all__ = [
    "DEFAULT",
    "SLOTS",
    "UNDERSTOOD",
    "DataError",
    "Expected",
    "Intent",
    "Parser",
    "Reading",
    "SlotValue",
    "load_parser",
]
