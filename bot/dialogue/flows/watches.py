"""新着のお知らせ: themes and authors whose new arrivals a patron wants to hear of.

To watch and to stop is done at once, and told with the way back.
"""

from collections.abc import Sequence
from typing import Any

from bot.dialogue.effects import AddWatch, KeptOutcome, Result, StopWatches
from bot.dialogue.gathered import as_json, items_of, text_of, texts_of
from bot.dialogue.scene import Scene
from bot.dialogue.steps import Data, Doing, Flow, Outcome, Said, Step
from bot.dialogue.taps import wish
from bot.dialogue.view import Watch
from bot.dialogue.words import folded, means_all
from bot.intents import Intent
from bot.messages.limits import CAROUSEL_BUBBLES, IN_SENTENCE, clean, cut
from bot.messages.replies import Button, Card, Reply, Row, Style, Tone

_KINDS = ("subject", "author")


def _start(scene: Scene) -> Data:
    again = [item for item in items_of(scene.slots, "again") if item.get("kind") in _KINDS]
    named = [
        {"kind": kind, "words": cut(clean(words), IN_SENTENCE)}
        for kind in _KINDS
        if (words := text_of(scene.slots, kind))
    ]
    if scene.slots.get("watch_ids"):
        return {"stop": as_json(texts_of(scene.slots, "watch_ids"))}
    if scene.slots.get("off") is True:
        return {"off": True, "named": as_json(named)}
    return {"add": as_json(again or named)}


def _change(scene: Scene, data: Data) -> Outcome:
    watches = scene.view.kept.watches
    ids = texts_of(data, "stop") or (_meant(scene, data) if data.get("off") else [])
    stopping = tuple(watch.watch_id for watch in watches if watch.watch_id in ids)
    if stopping:
        return Doing((StopWatches(stopping),))
    if "stop" in data or data.get("off"):
        lead = "watches.none_such" if "stop" in data or items_of(data, "named") else "watches.which"
        return _listed(scene, lead if watches else "")
    wanted = items_of(data, "add")
    return _add(scene, wanted) if wanted else _listed(scene)


def _meant(scene: Scene, data: Data) -> list[str]:
    """The watches to stop: those named, all, or the only one there is."""
    watches, named = scene.view.kept.watches, items_of(data, "named")
    if named:
        asked = [folded(str(item["words"])) for item in named]
        return [watch.watch_id for watch in watches if any(word in folded(watch.words) for word in asked)]
    is_all = len(watches) == 1 or means_all(scene.event.text)
    return [watch.watch_id for watch in watches] if is_all else []


def _add(scene: Scene, wanted: Sequence[Any]) -> Outcome:
    rules, watches = scene.policy.notices, scene.view.kept.watches
    known = {(watch.kind, watch.words) for watch in watches}
    new = [item for item in wanted if (item["kind"], item["words"]) not in known]
    if not new:
        return _listed(scene, "watches.already")
    if any(item["kind"] not in rules.new_arrivals_by for item in new):
        return _listed(scene, "watches.not_by_this")
    if len(watches) + len(new) > rules.watches:
        return _listed(scene, "watches.too_many")
    return Doing(tuple(AddWatch(str(item["kind"]), str(item["words"])) for item in new))


def _told(scene: Scene, data: Data, results: Sequence[Result]) -> Said:
    """What is watched or no longer watched, and the way back."""
    done = [result for result in results if isinstance(result, KeptOutcome) and result.done]
    if not done:
        return _listed(scene, "watches.nothing_changed")
    if data.get("add"):
        return Said((_added(scene, items_of(data, "add")),))
    return Said((scene.say.say("watches.stopped"), *_list(scene)))


def _added(scene: Scene, added: Sequence[Any]) -> Reply:
    say, words = scene.say, [str(item["words"]) for item in added]
    mine = [watch.watch_id for watch in scene.view.kept.watches if watch.words in words]
    undo = wish(scene, Intent.SUBSCRIBE_NEW_ARRIVALS, label="undo", watch_ids=as_json(mine))
    rows = (Row(say.text("watches.added.how")), Row(say.text("watches.added.stop"), tone=Tone.QUIET))
    buttons = (undo, wish(scene, Intent.SUBSCRIBE_NEW_ARRIVALS, label="watch_list"))
    title = say.text("watches.added.title", words="」「".join(words))
    return say.cards("watches.added", Card(title, rows, buttons, say.text("watches.badge"), Tone.GOOD))


def _listed(scene: Scene, lead: str = "") -> Said:
    leads = (scene.say.say(lead, most=scene.policy.notices.watches),) if lead else ()
    return Said((*leads, *_list(scene)))


def _list(scene: Scene) -> tuple[Reply, ...]:
    """Every watch with a button that stops it; how a watch is begun, where there is room."""
    say, watches = scene.say, scene.view.kept.watches
    shown = watches[: CAROUSEL_BUBBLES - 1]
    cards = [_card(scene, number, watch) for number, watch in enumerate(shown, start=1)]
    rows = (Row(say.text("watches.how")), Row(say.text("watches.secret"), tone=Tone.QUIET))
    more: tuple[Button, ...] = (wish(scene, Intent.NEW_ARRIVALS),)
    if len(watches) > 1:
        ids = as_json([watch.watch_id for watch in watches])
        more = (wish(scene, Intent.SUBSCRIBE_NEW_ARRIVALS, label="watch_stop_all", watch_ids=ids), *more)
    title = say.text("watches.list.title" if watches else "watches.list.none", count=len(watches))
    return (say.cards("watches.list", *cards, Card(title, rows, more), count=len(watches)),)


def _card(scene: Scene, number: int, watch: Watch) -> Card:
    say = scene.say
    stop = wish(
        scene,
        Intent.SUBSCRIBE_NEW_ARRIVALS,
        label="watch_stop",
        spoken=say.text("watches.stop_spoken", number=number),
        watch_ids=[watch.watch_id],
    )
    look = wish(
        scene, Intent.NEW_ARRIVALS, label="watch_look", style=Style.PRIMARY, **{watch.kind: watch.words}
    )
    return Card(
        watch.words,
        (Row(say.text(f"watches.kind.{watch.kind}"), tone=Tone.QUIET),),
        (look, stop),
        number=number,
    )


WATCHES = Flow(
    "subscribe_new_arrivals",
    (Step("change", "changed", _change, None, "", "watches or stops at once, or shows what is watched"),),
    _start,
    _told,
)
