"""A step of a conversation the other way round: the words on a button instead of a tap, a button instead of words."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.dialogue.scene import Answer
from bot.dialogue.steps import YES_NO
from bot.dialogue.taps import ANSWER
from bot.dialogue.words import Yes, folded, yes_or_no
from bot.messages.replies import Cards, Tap
from tests.dialogue.flows.player import Player
from tests.dialogue.rim import the_parser

_TODAY = date(2026, 11, 24)


def other_way(player: Player, step: Mapping[str, Any]) -> dict[str, Any] | None:
    """The step with words where a button was tapped, or a button where words were said; None where there is none."""
    rest = {name: value for name, value in step.items() if name not in {"said", "tapped"}}
    if "tapped" in step:
        return {**rest, "said": player.spoken(step["tapped"])}
    if "said" not in step:
        return None
    label = _button_for(player, str(step["said"]))
    return {**rest, "tapped": label} if label else None


def _button_for(player: Player, words: str) -> str | None:
    """The label of the button of the last answer that says what the words say."""
    taps = [
        (tap, card.number)
        for reply in player.heard
        if isinstance(reply, Cards)
        for card in reply.cards
        for tap in card.buttons
        if isinstance(tap, Tap)
    ]
    labels = [tap.label for tap, _ in taps if folded(tap.label) == folded(words)]
    return next(iter(labels), None) or _yes_or_no(taps, words) or _of_list(taps, words)


def _yes_or_no(taps: list[tuple[Tap, int]], words: str) -> str | None:
    reading = the_parser().parse(words, today=_TODAY, expects=YES_NO)
    wanted = {Yes.YES: True, Yes.NO: False}.get(yes_or_no(Answer(text=words, reading=reading)))
    found = [tap.label for tap, _ in taps if tap.action == ANSWER and tap.args.get("yes") is wanted]
    return found[0] if wanted is not None and len(found) == 1 else None


def _of_list(taps: list[tuple[Tap, int]], words: str) -> str | None:
    """An entry by its number, all of them, or the next page."""
    number = re.fullmatch(r"(\d+)番?", words)
    entries = [f"{tap.label}@{place}" for tap, place in taps if tap.action == ANSWER and place]
    if number:
        found = [entry for entry in entries if entry.endswith(f"@{number[1]}")]
        return found[0] if len(found) == 1 else None
    begins = {"全部": "全部（", "続き": "もっと見る"}.get(words)
    return next((tap.label for tap, _ in taps if begins and tap.label.startswith(begins)), None)
