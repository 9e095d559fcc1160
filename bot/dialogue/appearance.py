"""How things are shown and said to one LINE user: 文字だけ instead of buttons, easy words, readings of kanji.

Two settings (`bot.messages.look`); they are changed by saying so or by the buttons of the menu, take hold at once,
and leave an open question open. They change nothing at the library and need no confirmation.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.dialogue.effects import KeepSetting
from bot.dialogue.scene import Scene
from bot.dialogue.taps import STYLE
from bot.dialogue.view import View
from bot.dialogue.words import appearance_named
from bot.messages.look import EASY, KANA, LAYOUT, PLAIN, READING, USUAL, look_of, wording_for
from bot.messages.replies import Card, Reply, Row, Tap, Tone
from bot.messages.wording import Wording

_VALUES: Final = {LAYOUT: (USUAL, PLAIN), READING: (USUAL, EASY, KANA)}


@dataclass(frozen=True, slots=True)
class Change:
    """One setting with its new value."""

    name: str
    value: str


def wording_of(view: View, last_key: str = "") -> Wording:
    """The texts as this LINE user reads them."""
    return wording_for(view.policy, look_of(view.settings), last_key)


def said_outright(scene: Scene) -> tuple[Change, ...]:
    """The changes that the words ask for; none where they are about something else."""
    return changes_named(scene, scene.event.text)


def taps_named(scene: Scene, words: str) -> tuple[Tap, ...]:
    """A button for each change that the words ask for, where they were taken for something else."""
    return tuple(
        _tap(scene, change.name, change.value, _label(change)) for change in changes_named(scene, words)
    )


def changes_named(scene: Scene, words: str) -> tuple[Change, ...]:
    """もとに戻して takes back whatever is on; with nothing on it is none of ours."""
    named = appearance_named(words)
    if named is None:
        return ()
    if named == "usual":
        return tuple(Change(name, USUAL) for name in _VALUES if scene.view.settings.get(name))
    name, value = {
        "plain": (LAYOUT, PLAIN),
        "buttons": (LAYOUT, USUAL),
        "easy": (READING, EASY),
        "kana": (READING, KANA),
        "usual_words": (READING, USUAL),
    }[named]
    return (Change(name, value),)


def tapped(args: Mapping[str, Any]) -> tuple[Change, ...]:
    """The change that a button of `style_tap` means; none for anything else."""
    name, value = str(args.get("name")), args.get("value")
    return (Change(name, str(value)),) if value in _VALUES.get(name, ()) else ()


def changed(scene: Scene, changes: tuple[Change, ...]) -> tuple[tuple[Reply, ...], tuple[KeepSetting, ...]]:
    """What is said to the changes, in the new words already, and the changes as effects."""
    settings = {**scene.view.settings, **{change.name: change.value for change in changes}}
    view = replace(scene.view, settings=settings)
    scene = replace(scene, view=view, say=wording_of(view, scene.state.last_key))
    replies = tuple(_told(scene, change) for change in changes)
    return replies, tuple(KeepSetting(change.name, change.value) for change in changes)


def style_card(scene: Scene) -> Card:
    """The card of the menu that offers other ways to show and say things."""
    say, view = scene.say, scene.view
    is_plain = look_of(view.settings).is_plain
    layout = "buttons" if is_plain else "plain"
    readings = [value for value in _VALUES[READING] if value != view.settings.get(READING, USUAL)]
    buttons = (
        _tap(scene, LAYOUT, USUAL if is_plain else PLAIN, layout),
        *(_tap(scene, READING, value, value or "usual_words") for value in readings),
    )
    rows = (Row(say.text("style.menu.how"), tone=Tone.QUIET),)
    return Card(say.text("style.menu.title"), rows, buttons)


def _told(scene: Scene, change: Change) -> Reply:
    """What it is like from now on, and the way back."""
    key, say = _label(change), scene.say
    back = "buttons" if change.value == PLAIN else "usual_words"
    buttons = (_tap(scene, change.name, USUAL, back),) if change.value else ()
    rows = [Row(say.text(f"style.{key}.how"))] if say.has(f"style.{key}.how") else []
    return say.cards(f"style.{key}", Card(say.text(f"style.{key}.title"), tuple(rows), buttons))


def _label(change: Change) -> str:
    """What the new way is called in the keys of texts."""
    return change.value or ("buttons" if change.name == LAYOUT else "usual_words")


def _tap(scene: Scene, name: str, value: str, label: str) -> Tap:
    text = scene.say.text(f"buttons.style.{label}")
    return Tap(text, STYLE, {"name": name, "value": value}, text)
