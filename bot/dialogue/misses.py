"""Not understood, or not surely enough: what was understood is said, and the two likeliest readings are buttons.

The same sentence never stands twice in a row, and after two misses a person is offered.
"""

from dataclasses import replace
from typing import Final

from bot.dialogue.gathered import slots_as_json
from bot.dialogue.memory import said
from bot.dialogue.scene import Scene
from bot.dialogue.taps import reach_staff, web_page, wish, wish_with
from bot.dialogue.turn import Decided
from bot.intents import UNDERSTOOD, Intent, Reading
from bot.messages.limits import clean, cut
from bot.messages.replies import Button, Card, Reply, Style, Tap

SURE: Final = 0.6
"""Below it a reading that would change the patron's record is asked back, not begun."""

_MISSES_UNTIL_A_PERSON: Final = 2
_LONGEST_SEARCH: Final = 40
"""Longer messages are no words to look for."""
_IN_A_BUTTON: Final = 12
_NO_WISH: Final = frozenset(
    {Intent.OUT_OF_SCOPE, Intent.CHOOSE, Intent.AFFIRM, Intent.DENY, Intent.ABORT, Intent.MORE}
)
"""Intents that a button can't begin."""


def not_understood(scene: Scene, reading: Reading) -> Decided:
    """What was understood, the two likeliest readings, and after two misses somebody to talk to."""
    misses = scene.state.misses + 1
    replies: list[Reply] = [_lead(scene, reading, misses)]
    replies.append(scene.say.cards("miss.choices", _choices(scene, reading)))
    decided = said((*replies, *a_person(scene, misses)), replace(scene.state, misses=misses))
    return replace(decided, missed=reading)


def not_sure(scene: Scene, reading: Reading) -> Decided:
    """A reading that would change something, but not surely: ask before the question is even put."""
    card = Card(scene.say.text("miss.unsure.title"), buttons=_buttons(scene, reading))
    return said((scene.say.cards("miss.unsure", card),), replace(scene.state, misses=0))


def a_person(scene: Scene, misses: int) -> tuple[Reply, ...]:
    """Somebody to talk to, once it was not understood so often in a row."""
    if misses < _MISSES_UNTIL_A_PERSON:
        return ()
    title = scene.say.text("miss.person.title")
    card = Card(title, buttons=(*reach_staff(scene), web_page(scene)))
    return (scene.say.cards("miss.person", card),)


def _lead(scene: Scene, reading: Reading, misses: int) -> Reply:
    if misses >= _MISSES_UNTIL_A_PERSON:
        return scene.say.say("miss.again")
    return scene.say.say("miss.half" if reading.intent not in _NO_WISH else "miss.first")


def _choices(scene: Scene, reading: Reading) -> Card:
    title = reading.slots.get("title")
    if isinstance(title, str):
        return Card(
            scene.say.text("miss.choices.work", title=cut(clean(title), _LONGEST_SEARCH)),
            buttons=_buttons(scene, reading),
        )
    return Card(scene.say.text("miss.choices.title"), buttons=_buttons(scene, reading))


def _buttons(scene: Scene, reading: Reading) -> tuple[Button, ...]:
    """The two likeliest readings, and what the bot can do at all."""
    likely = [_of_reading(scene, reading)] if reading.intent not in _NO_WISH else []
    if reading.runner_up is not None and reading.runner_up not in _NO_WISH:
        likely.append(wish(scene, reading.runner_up))
    if len(likely) < 2 and (search := _search(scene)) is not None:
        likely.append(search)
    if len(likely) < 2:
        likely.append(wish(scene, Intent.LIST_LOANS if scene.card_number else Intent.OPENING_HOURS))
    first = replace(likely[0], style=Style.PRIMARY)
    unique = [first, *(tap for tap in likely[1:2] if tap.label != first.label)]
    return (*unique, wish(scene, Intent.HELP))


def _of_reading(scene: Scene, reading: Reading) -> Tap:
    return wish_with(scene, reading.intent, slots_as_json(reading.slots))


def _search(scene: Scene) -> Tap | None:
    """The words themselves as something to look for, where they can be."""
    words = clean(scene.event.text)
    if len(words) > _LONGEST_SEARCH or not any(char.isalnum() for char in words):
        return None
    shown = cut(words, _IN_A_BUTTON)
    made = wish(scene, Intent.SEARCH_CATALOG, title=words)
    return replace(made, label=scene.say.text("buttons.search_words", words=shown), spoken="")


def is_understood(reading: Reading) -> bool:
    """Whether it counts as understood at all."""
    return reading.confidence >= UNDERSTOOD
