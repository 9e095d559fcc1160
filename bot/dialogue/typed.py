"""What is typed where a button would be tapped: its number in plain text, or the very words that stand on it."""

import unicodedata
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.dialogue.events import Event, EventKind
from bot.dialogue.state import State
from bot.dialogue.words import folded

_IN_SIGHT: Final = timedelta(minutes=15)
"""For so long the buttons of the last answer are before the patron's eyes; later their words are words."""


def as_tap(event: Event, state: State) -> Event:
    """The tap that a typed number or label means; the event itself where it stands on no button.

    Only a number and nothing else: 「2番」 and 「1と3」 are words about a list. A label only of the question that waits
    or of the last answer, and only for a while: what else it may mean is for the parser.
    """
    if event.kind is not EventKind.TEXT:
        return event
    button_id = state.numbers.get(unicodedata.normalize("NFKC", event.text).strip().strip("[]"))
    button_id = button_id or _labelled(event, state)
    return replace(event, kind=EventKind.TAP, button_id=button_id) if button_id else event


def _labelled(event: Event, state: State) -> str | None:
    touched, words = state.touched(), folded(event.text)
    if touched is None or event.at >= touched + _IN_SIGHT:
        return None
    of_question = state.labels.get(words) if state.question_id else None
    return of_question or state.wish_labels.get(words)
