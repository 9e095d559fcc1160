"""Whoever is sent to the phone can write instead: not everybody can phone."""

from collections.abc import Sequence

from bot.dialogue.taps import WISH
from bot.intents import Intent
from bot.messages.replies import Cards, Dial, Reply, Tap

PHONE_ALONE = {
    "branches.list": "a directory: the phones of the branches are what was asked for",
    "hours.one": "the phone of one branch, beside its hours",
    "reserve.confirm": "to have today what stands on the shelf",
    "desk.staff": "bears the way to write itself",
    "desk.done": "was just written",
    "desk.too_many": "says why nothing more can be written",
}
"""Answers whose phones are no way out of anything, by key, and why."""


def sent_to_the_phone_alone(replies: Sequence[Reply]) -> list[str]:
    """Keys of what can only be phoned about, in an answer that offers no way to write."""
    buttons = [
        (reply.key, button)
        for reply in replies
        if isinstance(reply, Cards)
        for card in reply.cards
        for button in card.buttons
    ]
    if any(isinstance(button, Tap) and _writes(button) for _, button in buttons):
        return []
    return [key for key, button in buttons if isinstance(button, Dial) and key not in PHONE_ALONE]


def _writes(tap: Tap) -> bool:
    return tap.action == WISH and tap.args.get("intent") == Intent.CONTACT_STAFF
