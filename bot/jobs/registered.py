"""A first registration of a password is told to those whom a stranger's registration would harm."""

from sqlalchemy.orm import Session

from bot.accounts import Links
from bot.clock import Clock
from bot.jobs.own_events import OwnEvents
from bot.messages.wording import Wording
from bot.policies import Policy
from bot.storage.mails import Mails

KIND = "password_registered"


def tell_registered(
    session: Session, clock: Clock, policy: Policy, *, card_number: str, email_before: str
) -> None:
    """Tell the recorded e-mail address (if there is one) and every LINE account linked to the card.

    Written within the registration's own transaction. The letter names neither the card nor its holder.
    """
    say = Wording(policy)
    if email_before:
        Mails(session, clock).add(
            KIND,
            to=email_before,
            subject=say.text("mails.password_registered.subject"),
            text=say.text("mails.password_registered.text"),
        )
    own_events = OwnEvents(session, clock)
    for line_user_id in Links(session, clock).others_linked_to(card_number, but=""):
        own_events.password_registered(line_user_id, card_number=card_number)
