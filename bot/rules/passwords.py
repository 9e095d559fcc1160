"""Is a new password good enough?

Branches, in order of precedence (the numbers stand in the rows of `tests/data/rules/passwords.yaml`):

    PASSWORD-1  too_short            shorter than the policy asks
    PASSWORD-2  too_long             longer than the policy takes
    PASSWORD-3  not_half_width       something other than printable half-width characters
    PASSWORD-4  not_mixed            letters and digits must both be in it (Kyoto: 半角英数文字混在)
    PASSWORD-5  same_as_card_number  the card number itself
    PASSWORD-6  same_as_temporary    the password that it replaces
    PASSWORD-7  not_the_same_twice   the two entries differ
    PASSWORD-8  allowed              none of these
"""

from bot.library import PasswordReason
from bot.policies import Policy
from bot.rules.decision import applying


def reasons_against(
    new_password: str, again: str, *, card_number: str, temporary: str | None, policy: Policy
) -> tuple[PasswordReason, ...]:
    """Every reason against `new_password`; none: it is accepted. `temporary`: the one it replaces, if any."""
    rules = policy.password
    is_half_width = new_password.isascii() and new_password.isprintable()
    is_mixed = any(char.isalpha() for char in new_password) and any(char.isdigit() for char in new_password)
    return applying(
        [
            (PasswordReason.TOO_SHORT, len(new_password) < rules.min_length),
            (PasswordReason.TOO_LONG, len(new_password) > rules.max_length),
            (PasswordReason.NOT_HALF_WIDTH, not is_half_width),
            (PasswordReason.NOT_MIXED, rules.letters_and_digits and not is_mixed),
            (PasswordReason.SAME_AS_CARD_NUMBER, new_password == card_number),
            (PasswordReason.SAME_AS_TEMPORARY, temporary is not None and new_password == temporary),
            (PasswordReason.NOT_THE_SAME_TWICE, new_password != again),
        ]
    )
