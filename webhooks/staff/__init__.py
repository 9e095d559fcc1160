"""The staff console at `/staff/`: a web application of its own, beside the patrons' pages.

It has its own session, cookie, policy for content and error pages, so that nothing of one side opens the other. Its
modules translate between browser and `bot.staff`, `bot.library`'s desk and `bot.storage`, and decide nothing.

    app       joins everything; what every answer bears
    access    who may see which page: `allow` above each view, deny where it is missing
    mount     where the console is reached
    sign_in   signing in and out, one's own account
    desk      the counter's acts, by card and barcode
    messages  what patrons wrote, and the answers
    lists     whom to phone, what to clear from the hold shelves
    cards     a card's LINE links, temporary passwords
    closures  days that are otherwise
    insight   how much the counter is used (`charts`: the columns), and what it did not understand
    accounts  other people's accounts, for admins
    audit     the log of what was done
"""

from webhooks.staff.app import create_staff_app
from webhooks.staff.services import StaffServices

__all__ = ["StaffServices", "create_staff_app"]
