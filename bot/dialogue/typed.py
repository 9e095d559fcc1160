"""Numbers that are typed where buttons would be tapped."""

import unicodedata
from dataclasses import replace

from bot.dialogue.events import Event, EventKind
from bot.dialogue.state import State


def as_tap(event: Event, state: State) -> Event:
    """The tap that a typed number means; the event itself where the number stands before no button.

    Only a number and nothing else: 「2番」 and 「1と3」 are words about a list.
    """
    if event.kind is not EventKind.TEXT:
        return event
    button_id = state.numbers.get(unicodedata.normalize("NFKC", event.text).strip().strip("[]"))
    return replace(event, kind=EventKind.TAP, button_id=button_id) if button_id else event
