"""The forms of signing in, and what all forms of the console share. A mistake is a key of `texts.toml`."""

import re
import unicodedata
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, PasswordField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from bot.policies import Policy
from bot.staff.accounts import LONGEST_PASSWORD
from bot.staff.patrons import LONGEST_ANSWER

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


_BETWEEN = re.compile(r"[\s\-‐‑‒–—―−ー]+")


def card_number(written: str | None, policy: Policy) -> str:
    """A card's number as typed or scanned: without spaces and hyphens, nor the letters around a barcode's digits."""
    tidy = _BETWEEN.sub("", half_width(written))
    page = policy.card
    is_framed = page.barcode == "codabar" and len(tidy) > 2
    if is_framed and tidy[0].upper() == page.start and tidy[-1].upper() == page.stop:
        return tidy[1:-1]
    return tidy


class BarcodeForm(FlaskForm):  # type: ignore[misc]
    """The copy in hand."""

    barcode = text_field(most=64)


class CardForm(FlaskForm):  # type: ignore[misc]
    """A patron's card."""

    card_number = text_field(most=64)


class LendForm(FlaskForm):  # type: ignore[misc]
    """A patron's card and the copy in hand."""

    card_number = text_field(most=64)
    barcode = text_field(most=64)


class DeclineForm(FlaskForm):  # type: ignore[misc]
    """Which reservation can't be supplied, and why."""

    card_number = StringField(filters=[half_width], validators=[Length(max=64, message="too_long")])
    barcode = text_field(most=64)
    reason = text_field(most=100)
    confirmed = StringField()


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """The answer to what a patron wrote."""

    text = TextAreaField(
        filters=[lambda written: (written or "").replace("\r\n", "\n").strip()],
        validators=[DataRequired("missing"), Length(max=LONGEST_ANSWER, message="too_long")],
    )


class MoveForm(FlaskForm):  # type: ignore[misc]
    """A card that was issued anew."""

    new_number = text_field(most=64)


class ClosureForm(FlaskForm):  # type: ignore[misc]
    """Days on which a branch is closed, or open otherwise than usual."""

    branch = StringField(filters=[half_width])
    first_on = DateField(validators=[InputRequired("missing")])
    last_on = DateField(validators=[Optional()])
    hours = StringField(filters=[half_width], validators=[Length(max=20, message="too_long")])
    reason = StringField(filters=[half_width], validators=[Length(max=100, message="too_long")])
