"""Notes whether a patron's words were understood, and, where the library wants it, what was not."""

from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.dialogue.events import Chat, Event, EventKind
from bot.dialogue.turn import Decided
from bot.intents.masking import load_masker
from bot.policies import Policy
from bot.storage.insight import NotUnderstood


def heard(session: Session, clock: Clock, policy: Policy, event: Event, decided: Decided) -> bool | None:
    """Whether words in private were understood; None for all else.

    What was not is kept with gaps (`bot.intents.masking`), and only if the policy says so.
    """
    if event.kind is not EventKind.TEXT or event.chat is not Chat.PRIVATE:
        return None
    missed = decided.missed
    if missed is not None and policy.insight.not_understood:
        masked = load_masker().mask(event.text, missed.slots.values())
        if masked:
            NotUnderstood(session, clock).note(masked, missed.intent.value)
    return missed is None
