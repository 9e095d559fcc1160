"""Keeps the secrets of one-time codes unreadable in the database: the key is drawn from SECRET_KEY.

After a change of SECRET_KEY they can't be read any more, and each account sets its codes up anew
(`madoguchi staff reset-totp`).
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.clock import Clock

_PURPOSE = b"madoguchi: secrets of staff's one-time codes"
"""Another purpose gets another key from the same SECRET_KEY."""


class Sealer:
    """Seals and opens with one SECRET_KEY."""

    def __init__(self, secret_key: str, clock: Clock) -> None:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret_key.encode())
        self._fernet = Fernet(urlsafe_b64encode(derived))
        self._clock = clock

    def seal(self, secret: str) -> bytes:
        """Unreadable without the key."""
        return self._fernet.encrypt_at_time(secret.encode(), int(self._clock.now().timestamp()))

    def open(self, sealed: bytes) -> str | None:
        """The secret; None where it was sealed with another SECRET_KEY."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            return None
