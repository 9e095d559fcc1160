"""The forms of the link pages: what is tidied up and what can't be accepted.

An error is a code; its wording is in `bot.messages`. Whether a card exists or a password is right is not
asked here.
"""

import re
import unicodedata
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, Form, PasswordField, StringField, ValidationError
from wtforms.validators import DataRequired, Length, Optional

from bot.mail.composing import mailbox
from webhooks.link.birth_date import parse_birth_date

_CARD_NUMBER = re.compile(r"[0-9A-Za-z]{1,32}")
_BETWEEN_DIGITS = re.compile(r"[\s\-‐‑‒–—―−ー]+")

LONGEST_NAME = 100
LONGEST_EMAIL = 254
LONGEST_PASSWORD = 1000
"""Beyond this nothing is hashed; the rule for new passwords is stricter."""


def _tidy_card_number(written: str | None) -> str:
    """Half-width, without the spaces and hyphens that people put between the digits."""
    return _BETWEEN_DIGITS.sub("", unicodedata.normalize("NFKC", written or ""))


def _trimmed(written: str | None) -> str:
    return (written or "").strip()


def _half_width(written: str | None) -> str:
    return unicodedata.normalize("NFKC", written or "").strip()


def _looks_like_card_number(_form: Form, field: Field) -> None:
    if not _CARD_NUMBER.fullmatch(field.data):
        raise ValidationError("malformed")


def _is_printable(_form: Form, field: Field) -> None:
    """No control characters: a NUL, for one, fits in no database."""
    if not field.data.isprintable():
        raise ValidationError("malformed")


def _looks_like_email(_form: Form, field: Field) -> None:
    """Something that a letter can be sent to; the letter itself is the proof."""
    try:
        mailbox(field.data)
    except ValueError:
        raise ValidationError("malformed") from None


def _card_number() -> Any:
    return StringField(
        filters=[_tidy_card_number], validators=[DataRequired("missing"), _looks_like_card_number]
    )


def _password() -> Any:
    # An empty one is missing, but spaces are characters like others, so it is not stripped.
    return PasswordField(
        validators=[DataRequired("missing"), Length(max=LONGEST_PASSWORD, message="too_long")]
    )


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types; so below.
    """Card number and password."""

    card_number = _card_number()
    password = _password()


class IdentityForm(FlaskForm):  # type: ignore[misc]
    """The first step of a registration: whose card it is."""

    card_number = _card_number()
    name = StringField(
        filters=[_trimmed],
        validators=[DataRequired("missing"), Length(max=LONGEST_NAME, message="too_long"), _is_printable],
    )
    birth_date = StringField(filters=[_trimmed], validators=[DataRequired("missing")])

    def __init__(self, sent: MultiDict[str, str] | None, *, today: date, **options: Any) -> None:
        super().__init__(sent, **options)
        self._today = today

    @property
    def born_on(self) -> date:
        """The birth date of a form that validated."""
        parsed = parse_birth_date(self.birth_date.data, self._today)
        assert parsed is not None  # noqa: S101  # Validated below.
        return parsed

    def validate_birth_date(self, field: Field) -> None:
        """Called by WTForms."""
        if parse_birth_date(field.data, self._today) is None:
            raise ValidationError("malformed")


class NewPasswordForm(FlaskForm):  # type: ignore[misc]
    """The second step of a registration, and the change of a temporary password."""

    new_password = _password()
    new_password_again = _password()
    email = StringField(
        filters=[_half_width],
        validators=[Optional(), Length(max=LONGEST_EMAIL, message="too_long"), _looks_like_email],
    )
