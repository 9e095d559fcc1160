"""A password desk in memory, for tests of what stands in front of any library system.

It fulfils the Protocol honestly, and notes each call so that a test can see that one was, or was not, made.
"""

from dataclasses import dataclass, field
from datetime import date

from bot.library import LibraryUnavailable, PasswordReason, RegistrationOutcome, SignIn


@dataclass
class Holder:
    """A card as the desk knows it."""

    name: str = ""
    birth_date: date | None = None
    password: str = ""
    is_temporary: bool = False
    email: str = ""


@dataclass
class PasswordsInMemory:
    """Eight characters, given twice the same, are a good password here."""

    holders: dict[str, Holder] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    is_down: bool = False

    def check(self, card_number: str, password: str) -> SignIn:
        self._called("check")
        holder = self.holders.get(card_number, Holder())
        if not holder.password or holder.password != password:
            return SignIn.REFUSED
        return SignIn.TEMPORARY if holder.is_temporary else SignIn.ACCEPTED

    def register(
        self,
        card_number: str,
        *,
        name: str,
        birth_date: date,
        new_password: str,
        new_password_again: str,
        email: str,
    ) -> RegistrationOutcome:
        self._called("register")
        holder = self.holders.get(card_number, Holder())
        if reasons := _reasons(new_password, new_password_again):
            return RegistrationOutcome(done=False, reasons=reasons)
        if holder.password or (holder.name, holder.birth_date) != (name, birth_date):
            return RegistrationOutcome(done=False)
        return self._record(holder, new_password, email)

    def change(
        self, card_number: str, *, password: str, new_password: str, new_password_again: str, email: str
    ) -> RegistrationOutcome:
        self._called("change")
        if reasons := _reasons(new_password, new_password_again):
            return RegistrationOutcome(done=False, reasons=reasons)
        holder = self.holders.get(card_number, Holder())
        if not holder.password or holder.password != password:
            return RegistrationOutcome(done=False)
        return self._record(holder, new_password, email)

    def _record(self, holder: Holder, new_password: str, email: str) -> RegistrationOutcome:
        holder.password, holder.is_temporary = new_password, False
        email_before, holder.email = holder.email, email or holder.email
        return RegistrationOutcome(done=True, email_before=email_before)

    def _called(self, what: str) -> None:
        self.calls.append(what)
        if self.is_down:
            raise LibraryUnavailable


def _reasons(new_password: str, new_password_again: str) -> tuple[PasswordReason, ...]:
    reasons = []
    if len(new_password) < 8:
        reasons.append(PasswordReason.TOO_SHORT)
    if new_password != new_password_again:
        reasons.append(PasswordReason.NOT_THE_SAME_TWICE)
    return tuple(reasons)
