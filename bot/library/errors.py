"""What can break between the bot and a library system.

    LibraryError
    ├── LibraryUnavailable   nobody answers; nothing was done
    ├── LibraryTimedOut      no answer in time; what was asked may or may not have been done
    ├── LibraryMisunderstood the answer makes no sense; read the record before anything else
    └── PatronNotFound       the card number is unknown there (any more)

A refusal is not an error: it is an outcome with reasons (see `bot.library.protocol`).
No message of these errors carries a card number, a name or a title, for they may be logged.
"""


class LibraryError(Exception):
    """Something broke while talking to the library system."""


class LibraryUnavailable(LibraryError):
    """The library system can't be reached; nothing was done."""


class LibraryTimedOut(LibraryError):
    """The library system did not answer in time; a change may or may not have been made."""


class LibraryMisunderstood(LibraryError):
    """The library system answered something that can't be understood."""


class PatronNotFound(LibraryError):
    """The library system does not know this card number."""
