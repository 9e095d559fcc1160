"""The library's staff: their accounts, how they sign in, what each may do, and the log of what was done.

    model     roles, and the values that the use cases return
    accounts  the accounts, as rows
    keeping   making, shutting, resetting accounts
    codes     one-time codes (TOTP) and recovery codes
    sealing   the codes' secrets at rest
    sessions  who is signed in, row by row
    sign_in   the use cases of the sign-in pages, transactions included
    audit     the log of what was done, which is only added to
    counter, patrons, calendar   the acts of the desk, each with its entry in the log

Nothing here knows HTTP. No log and no exception carries a password, a code, a token or what an act was about.
"""

from bot.staff.accounts import StaffAccounts
from bot.staff.audit import Audit, Entry, Subject, SubjectKind
from bot.staff.model import Role, StaffAccount, StaffError, Stage

__all__ = [
    "Audit",
    "Entry",
    "Role",
    "StaffAccount",
    "StaffAccounts",
    "StaffError",
    "Stage",
    "Subject",
    "SubjectKind",
]
