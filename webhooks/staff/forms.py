"""The forms of signing in, and what all forms of the console share. A mistake is a key of `texts.toml`."""

import unicodedata
from typing import Any

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, Length

from bot.staff.accounts import LONGEST_PASSWORD

LONGEST_FIELD = 200


def half_width(written: str | None) -> str:
    """Without the spaces around it, in half-width letters and digits."""
    return unicodedata.normalize("NFKC", written or "").strip()


def text_field(*, most: int = LONGEST_FIELD) -> Any:
    """One line that must be filled in."""
    return StringField(
        filters=[half_width], validators=[DataRequired("missing"), Length(max=most, message="too_long")]
    )


def _password() -> Any:
    return PasswordField(
        validators=[DataRequired("missing"), Length(max=LONGEST_PASSWORD, message="too_long")]
    )


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types; so below.
    """The first step."""

    username = text_field()
    password = _password()


class CodeForm(FlaskForm):  # type: ignore[misc]
    """A one-time code, or a recovery code."""

    code = text_field(most=40)


class NewPasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password for one's own account."""

    old = _password()
    new = _password()
    again = _password()


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """Nothing but the press of a button."""
