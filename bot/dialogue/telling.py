"""What became of confirmed changes, sorted for the answer: done, refused, come out otherwise, broken."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.dialogue.effects import Broken, Result
from bot.dialogue.gathered import Item, text_of
from bot.dialogue.scene import Scene
from bot.dialogue.taps import reach_staff, wish
from bot.intents import Intent
from bot.library import RenewalOutcome, ReservationOutcome
from bot.messages.replies import Card, Row, Tone


@dataclass(frozen=True, slots=True)
class Told:
    """The items of a confirmation by what became of them, each with its result, in their order."""

    done: tuple[tuple[Item, Result], ...]
    refused: tuple[tuple[Item, Result], ...]
    """By the rules, when they were asked again at the moment of the change."""
    changed: tuple[tuple[Item, Result], ...]
    """It would come out otherwise than confirmed: nothing was done, and it is asked again."""
    broken: tuple[tuple[Item, Broken], ...]


def sort_results(items: Sequence[Item], results: Sequence[Result]) -> Told:
    """Pair the items of a confirmation with the results of their effects, which come in the same order."""
    done, refused, changed, broken = [], [], [], []
    for item, result in zip(items, results, strict=True):
        if isinstance(result, Broken):
            broken.append((item, result))
        elif result.done:
            done.append((item, result))
        elif _is_refused(result):
            refused.append((item, result))
        else:
            changed.append((item, result))
    return Told(tuple(done), tuple(refused), tuple(changed), tuple(broken))


def trouble_card(scene: Scene, item: Item, broken: Broken, list_intent: Intent) -> Card:
    """Nothing was done, or nobody knows: the list tells, or the library does."""
    state = "maybe" if broken.maybe_done else "broken"
    row = Row(scene.say.text(f"trouble.{state}"), tone=Tone.SOON)
    buttons = (wish(scene, list_intent), *reach_staff(scene))
    badge = scene.say.text("confirm.badge_trouble")
    return Card(item["title"], (row,), buttons, badge, Tone.SOON, title_kana=text_of(item, "kana"))


def _is_refused(result: Result) -> bool:
    """Without a reason it is no refusal: only the outcome would be another than the one confirmed."""
    if isinstance(result, RenewalOutcome | ReservationOutcome):
        return bool(result.reasons)
    return True
