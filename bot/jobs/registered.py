"""A first registration of a password is told to those whom a stranger's registration would harm."""

from sqlalchemy.orm import Session

from bot.accounts import Links
from bot.clock import Clock
from bot.jobs.letters import Letters
from bot.jobs.own_events import OwnEvents
from bot.messages.letters import LetterContent
from bot.messages.wording import Wording
from bot.policies import Policy

KIND = "password_registered"


def tell_registered(
    session: Session, clock: Clock, policy: Policy, letters: Letters, *, card_number: str, email_before: str
) -> None:
    """Tell the recorded e-mail address (if there is one) and every LINE account linked to the card.

    Written within the registration's own transaction. The letter names neither the card nor its holder.
    """
    if email_before:
        letters.write(KIND, email_before, _content(Wording(policy)))
    own_events = OwnEvents(session, clock)
    for line_user_id in Links(session, clock).others_linked_to(card_number, but=""):
        own_events.password_registered(line_user_id, card_number=card_number)


def _content(say: Wording) -> LetterContent:
    sentences = ("text", "yours", "not_yours")
    return LetterContent(
        subject=say.text("letters.password_registered.subject"),
        paragraphs=tuple(say.text(f"letters.password_registered.{name}") for name in sentences),
    )
