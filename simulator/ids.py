"""Identifiers in LINE's forms. All are random or counted; none tells anything about a person."""

import secrets
from datetime import datetime
from itertools import count

from simulator.clock import millis

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ULID_RANDOM_BITS = 80
_ULID_LENGTH = 26
_FIRST_MESSAGE = 500_000_000_000_000_000

_messages = count(_FIRST_MESSAGE + secrets.randbelow(1_000_000) * 1_000_000)


def new_user_id() -> str:
    """`U` and 32 hexadecimal digits."""
    return f"U{secrets.token_hex(16)}"


def new_group_id() -> str:
    """`C` and 32 hexadecimal digits."""
    return f"C{secrets.token_hex(16)}"


def new_room_id() -> str:
    """`R` and 32 hexadecimal digits."""
    return f"R{secrets.token_hex(16)}"


def new_rich_menu_id() -> str:
    """`richmenu-` and 32 hexadecimal digits."""
    return f"richmenu-{secrets.token_hex(16)}"


def new_message_id() -> str:
    """An 18-digit number, growing."""
    return str(next(_messages))


def new_token() -> str:
    """A reply, quote, read or link token: 32 hexadecimal digits."""
    return secrets.token_hex(16)


def new_event_id(at: datetime) -> str:
    """A ULID (26 characters of Crockford's base 32) of the event's instant."""
    number = (millis(at) << _ULID_RANDOM_BITS) | secrets.randbits(_ULID_RANDOM_BITS)
    digits = [_CROCKFORD[(number >> (5 * place)) & 31] for place in reversed(range(_ULID_LENGTH))]
    return "".join(digits)
