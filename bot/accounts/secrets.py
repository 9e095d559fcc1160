"""Random secrets, their digests, and sealing what may be read only with such a secret in hand."""

import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken


def new_nonce() -> str:
    """128 random bits in URL-safe Base64: 22 characters (LINE asks for 10 to 255)."""
    return secrets.token_urlsafe(16)


def new_secret() -> str:
    """256 random bits in URL-safe Base64."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is stored in place of a secret. Plain SHA-256 is enough: the secrets are random and long."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def seal(secret: str, values: Mapping[str, str], now: datetime) -> bytes:
    """`values`, readable only with `secret`."""
    content = json.dumps(dict(values)).encode()
    return _fernet(secret).encrypt_at_time(content, int(now.timestamp()))


def unseal(secret: str, sealed: bytes) -> dict[str, str] | None:
    """The values that were sealed with `secret`, or None if it was another one."""
    try:
        content = _fernet(secret).decrypt(sealed)
    except InvalidToken:
        return None
    values = json.loads(content)
    return {str(key): str(value) for key, value in values.items()}


def _fernet(secret: str) -> Fernet:
    # Another digest than the stored one: the database must not hold the key.
    return Fernet(urlsafe_b64encode(sha256(b"seal:" + secret.encode("utf-8", "surrogatepass")).digest()))
