"""The pages that links in letters lead to: `/mail/confirm` and `/mail/unsubscribe`.

Whoever holds a link's token may do what it is for, without a card, a password or a cookie. Opening a page changes
nothing: mail programs and their filters open links, too. All wording is in `bot.messages`.
"""

from webhooks.mail.blueprint import mail_blueprint
from webhooks.mail.services import MailServices

__all__ = ["MailServices", "mail_blueprint"]
