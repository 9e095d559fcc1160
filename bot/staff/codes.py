"""One-time codes (TOTP, RFC 6238: six digits, 30 seconds) and the recovery codes that stand in for them."""

import hmac
import re
import secrets
import unicodedata
from datetime import datetime

import pyotp

RECOVERY_CODES = 10
_STEP_SECONDS = 30
_DRIFT = 1
"""Steps that a phone's clock may be off, before and after."""
_CHARACTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that is read as another."""
_GROUPS, _GROUP_LENGTH = 4, 4
_CODE = re.compile(r"\d{6}")


def new_totp_secret() -> str:
    """160 random bits in Base32."""
    return pyotp.random_base32()


def provisioning_address(secret: str, username: str, library: str) -> str:
    """`otpauth://…` as apps read it from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=library)


def matching_step(secret: str, code: str, now: datetime, *, after: int | None) -> int | None:
    """The step that a code belongs to, later than `after` (the last one used); None: it is not right, or was used."""
    totp = pyotp.TOTP(secret)
    present = int(now.timestamp()) // _STEP_SECONDS
    right = None
    for step in range(present - _DRIFT, present + _DRIFT + 1):
        is_right = hmac.compare_digest(totp.generate_otp(step), code)
        if is_right and (after is None or step > after):
            right = step
    return right


def is_totp(written: str) -> bool:
    """Whether this is meant as a one-time code, not as a recovery code."""
    return _CODE.fullmatch(written) is not None


def tidy(written: str) -> str:
    """Half-width, lower case, without the spaces and hyphens between groups."""
    return re.sub(r"[\s\-‐‑‒–—―−ー]+", "", unicodedata.normalize("NFKC", written)).lower()


def new_recovery_codes() -> tuple[str, ...]:
    """As they are shown: 79 random bits each, in groups."""
    return tuple("-".join(_group() for _ in range(_GROUPS)) for _ in range(RECOVERY_CODES))


def _group() -> str:
    return "".join(secrets.choice(_CHARACTERS) for _ in range(_GROUP_LENGTH))


def new_password() -> str:
    """A password to be handed out and replaced at the next sign-in."""
    return "-".join(_group() for _ in range(_GROUPS))
