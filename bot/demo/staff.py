"""The demo's staff account: signed in for the first time already, so that no phone is needed to try the console.

It goes the way that everybody's first sign-in goes. The second step is taken with one of its recovery codes.
"""

import secrets
from dataclasses import dataclass

import pyotp
from sqlalchemy import Engine

from bot.clock import Clock
from bot.policies import Policy
from bot.staff import Role, StaffAccounts
from bot.staff.model import Opened, Step
from bot.staff.sealing import Sealer
from bot.staff.sign_in import StaffSignIn
from bot.storage.engine import writing

USERNAME = "mihon"


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """How to sign in to the console of the demo."""

    username: str
    password: str
    recovery_codes: tuple[str, ...]
    """Each opens it once, in place of a phone's code."""


def add_demo_staff(engine: Engine, policy: Policy, clock: Clock) -> DemoStaff:
    """An account with all roles. Its phone's codes are nobody's: their key is thrown away here."""
    with writing(engine) as session:
        handed_out = StaffAccounts(session, clock).add(USERNAME, name="見本の職員", roles=tuple(Role))
    sign_in = StaffSignIn(engine, policy, clock, Sealer(secrets.token_hex(32), clock))
    first = _opened(sign_in.begin(USERNAME, handed_out, ""))
    code = pyotp.TOTP(sign_in.setup(USERNAME).secret).at(clock.now())
    second = _opened(sign_in.finish_setup(first.token, USERNAME, code, ""))
    password = f"mado-{secrets.token_hex(6)}"
    changed = sign_in.change_password(USERNAME, old=handed_out, new=password, again=password, address="")
    assert isinstance(changed, Opened)  # noqa: S101  # It is long enough.
    sign_in.end(changed.token, USERNAME)
    return DemoStaff(USERNAME, password, second.recovery_codes)


def _opened(step: Step) -> Opened:
    assert isinstance(step, Opened)  # noqa: S101  # The account is new, and nobody else signs in.
    return step
