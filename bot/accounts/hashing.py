"""Passwords as argon2id hashes, of library cards and of staff. Every check takes the same time, whoever asks."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """What is stored in place of a password."""
    return _hasher.hash(password)


def is_password(hashed: str, password: str) -> bool:
    """Whether the hash is of this password; slow on purpose."""
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def nobodys_hash() -> str:
    """A hash that no password opens; verified where there is none, so that it takes the same time."""
    return _hasher.hash("nobody's password")
