"""上下巻: the volumes that come after one, and leaving it to the bot to reserve them once the one before is on loan."""

import re
from collections.abc import Sequence
from typing import Final

from bot.dialogue.gathered import Item, as_json, texts_of
from bot.dialogue.particular_words import patterns
from bot.dialogue.scene import Scene
from bot.dialogue.steps import Data
from bot.dialogue.taps import ANSWER
from bot.dialogue.words import folded
from bot.library import Contact, ReservationReason, ReservationRequest, Title
from bot.messages.limits import BUTTON_LABEL, clean, cut
from bot.messages.replies import Row, Tap, Tone
from bot.rules import reservation, series

_MOST_LATER: Final = 5
"""Volumes that are left to the bot at once."""
_NEVER: Final = frozenset(
    {
        ReservationReason.ON_LOAN_TO_YOU,
        ReservationReason.ALREADY_RESERVED,
        ReservationReason.MATERIAL_NOT_RESERVABLE,
        ReservationReason.IN_LIBRARY_USE_ONLY,
    }
)
"""Whoever has or awaits a volume already needs no second one; the last two do not change with time."""


def is_one_of_several(scene: Scene, title: Title | None) -> bool:
    """Whether a title is a volume, or part of a series read in an order."""
    if title is None or not (title.volume or title.series):
        return False
    return series.is_one_of_several(scene.library.series_facts(title.title_id))


def volume_label(scene: Scene, title: Title) -> str:
    """上巻, 3巻; a mark that is more than that as it is (第2部)."""
    mark = cut(clean(title.volume), 8)
    return scene.say.text("volumes.label", volume=mark) if len(mark) < 3 and mark != "－" else mark


def in_order(scene: Scene, items: Sequence[Item]) -> Data | None:
    """What is asked for where the first of the volumes is reserved now and the others follow; None: there are none.

    The others are those named beside it; where it is named alone, those that the library holds.
    """
    firsts = [(item["title_id"], _later(scene, item["title_id"])) for item in items if item["in_series"]]
    ids = [str(item["title_id"]) for item in items]
    for title_id, later in firsts:
        named = [one for one in later if one in ids]
        if later and len(named) == len(ids) - 1:
            chosen = named or later[:_MOST_LATER]
            return {"title_ids": [title_id], "later": as_json(chosen), "beside": as_json(named)}
    return None


def all_at_once(data: Data) -> Data:
    """Back to what was named: nothing is left to the bot."""
    ids = [*texts_of(data, "title_ids"), *texts_of(data, "beside")]
    return {"title_ids": as_json(ids), "later": None, "beside": None}


def wants_in_order(text: str) -> bool:
    """「上巻を借りてから下巻も」, as an answer to the confirmation."""
    return re.search(patterns()["in_order"], folded(text)) is not None


def order_button(scene: Scene, data: Data, items: Sequence[Item]) -> tuple[Tap, ...]:
    """The button that leaves the later volumes to the bot, or the way back from it."""
    if texts_of(data, "later"):
        label = scene.say.text("buttons.together")
        return (Tap(label, ANSWER, {"change": "together"}, label),)
    offered = in_order(scene, items)
    if offered is None:
        return ()
    first, *later = _titles(scene, [*texts_of(offered, "title_ids"), *texts_of(offered, "later")])
    key = "buttons.in_order" if len(later) == 1 else "buttons.in_order_all"
    names = {"first": volume_label(scene, first), "later": volume_label(scene, later[0])}
    label = cut(scene.say.text(key, **names), BUTTON_LABEL)
    return (Tap(label, ANSWER, {"change": "in_order"}, label),)


def order_rows(scene: Scene, title_id: str, later: Sequence[str]) -> list[Row]:
    """Exactly what will happen with the later volumes."""
    if not later:
        return []
    first, *others = _titles(scene, [title_id, *later])
    names = "、".join(volume_label(scene, title) for title in others)
    say = scene.say
    return [
        Row(say.text("volumes.follows", first=volume_label(scene, first), later=names), tone=Tone.GOOD),
        Row(say.text("volumes.same"), tone=Tone.QUIET),
        Row(say.text("volumes.until", days=scene.policy.retention.follow_up_days), tone=Tone.QUIET),
    ]


def _later(scene: Scene, title_id: str) -> list[str]:
    """The volumes after this one that the patron may ever reserve."""
    ids = [title.title_id for title in series.later_volumes(scene.library.series_facts(title_id))]
    facts = scene.library.reservation_facts_of(scene.card_number, ids) if ids else {}
    request = ReservationRequest(scene.policy.pickup.branches[0], Contact.LINE)
    return [
        one
        for one in ids
        if not _NEVER.intersection(reservation.decide(facts[one], request, scene.policy, scene.today).reasons)
    ]


def _titles(scene: Scene, ids: Sequence[str]) -> list[Title]:
    return [title for one in ids if (title := scene.library.find_title(one)) is not None]
