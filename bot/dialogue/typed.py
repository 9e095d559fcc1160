"""What is typed where a button would be tapped: its number in plain text, or the very words that stand on it."""

import unicodedata
from dataclasses import replace

from bot.dialogue.events import Event, EventKind
from bot.dialogue.state import State
from bot.dialogue.words import folded


def as_tap(event: Event, state: State) -> Event:
    """The tap that a typed number or label means; the event itself where it stands on no button.

    Only a number and nothing else: 「2番」 and 「1と3」 are words about a list. A label only while its question waits:
    what else it may mean is for the parser.
    """
    if event.kind is not EventKind.TEXT:
        return event
    button_id = state.numbers.get(unicodedata.normalize("NFKC", event.text).strip().strip("[]"))
    if button_id is None and state.question_id:
        button_id = state.labels.get(folded(event.text))
    return replace(event, kind=EventKind.TAP, button_id=button_id) if button_id else event
