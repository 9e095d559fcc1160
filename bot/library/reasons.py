"""Why a library says no: the reason codes, each enum in its order of precedence.

The names are fixed by contract. They live beside the nouns because every library system's adapter
must map its own codes to them; the conditions behind them are in `bot.rules`.
"""

from enum import StrEnum


class RenewalReason(StrEnum):
    """Why a loan can't be renewed."""

    NOT_ON_LOAN = "not_on_loan"
    CARD_EXPIRED = "card_expired"
    PATRON_SUSPENDED = "patron_suspended"
    OVERDUE = "overdue"
    RESERVED_BY_OTHER = "reserved_by_other"
    INTERLIBRARY_LOAN = "interlibrary_loan"
    RENEWAL_LIMIT_REACHED = "renewal_limit_reached"
    CHECKOUT_DAY = "checkout_day"
    NO_GAIN = "no_gain"


class ReservationReason(StrEnum):
    """Why a title can't be reserved."""

    NOT_HELD = "not_held"
    CARD_EXPIRED = "card_expired"
    PATRON_SUSPENDED = "patron_suspended"
    MATERIAL_NOT_RESERVABLE = "material_not_reservable"
    IN_LIBRARY_USE_ONLY = "in_library_use_only"
    CONTEST_BOOK_IN_SEASON = "contest_book_in_season"
    LATEST_ISSUE = "latest_issue"
    ON_LOAN_TO_YOU = "on_loan_to_you"
    ALREADY_RESERVED = "already_reserved"
    LONG_OVERDUE_SINGLE_COPY = "long_overdue_single_copy"
    AVAILABLE_ON_SHELF = "available_on_shelf"
    LIMIT_REACHED = "limit_reached"
    NO_EMAIL_FOR_MAIL = "no_email_for_mail"


class CancellationReason(StrEnum):
    """Why a reservation can't be cancelled here."""

    NOT_YOURS = "not_yours"
    ALREADY_CLOSED = "already_closed"
    READY_FOR_PICKUP = "ready_for_pickup"
    IN_PREPARATION = "in_preparation"


class ChangeReason(StrEnum):
    """Why pickup branch and contact of a reservation can't be changed here."""

    NOT_YOURS = "not_yours"
    ALREADY_CLOSED = "already_closed"
    READY_FOR_PICKUP = "ready_for_pickup"
    IN_PREPARATION = "in_preparation"
    NO_EMAIL_FOR_MAIL = "no_email_for_mail"


class PickupReason(StrEnum):
    """Why a reserved item can't be picked up."""

    NOT_READY = "not_ready"
    PICKUP_EXPIRED = "pickup_expired"


class PasswordReason(StrEnum):
    """Why a new password is not accepted."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NOT_HALF_WIDTH = "not_half_width"
    NOT_MIXED = "not_mixed"
    SAME_AS_CARD_NUMBER = "same_as_card_number"
    SAME_AS_TEMPORARY = "same_as_temporary"
    NOT_THE_SAME_TWICE = "not_the_same_twice"
