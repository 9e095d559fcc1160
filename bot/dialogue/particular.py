"""Wishes that the parser's intents hold within wider ones: the cart, a change of what waits, no need of it any more.

The intents are fixed by contract; here the words decide what within one of them is meant. Such a wish is an intent
with the slot `do`, for buttons as for words. The words are data, in `particular.toml`.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from bot.dialogue.finding import is_meant
from bot.dialogue.flows.reservations import KIND, PICK_KIND
from bot.dialogue.listing import ordinals_in, shown_ids
from bot.dialogue.particular_words import changes_place, patterns
from bot.dialogue.scene import Scene
from bot.dialogue.words import contact_named, folded
from bot.intents import Intent, Reading

DO: Final = "do"
"""The slot that says which particular wish it is: a key of `flows.PARTICULAR`."""

_KEPT_SLOTS: Final = ("title", "author", "isbn", "more_titles", "branch", "contact", "all")


def particular_wish(scene: Scene, reading: Reading) -> tuple[Intent, dict[str, Any]] | None:
    """The particular wish in the words; None where they hold none."""
    said = folded(scene.event.text)
    return _cart(scene, reading, said) or _change(scene, reading, said) or _no_longer(scene, reading, said)


def _cart(scene: Scene, reading: Reading, said: str) -> tuple[Intent, dict[str, Any]] | None:
    if not re.search(patterns()["cart"], said):
        return None
    rest = re.sub(patterns()["cart"], "", said)
    does: Mapping[str, str] = patterns()["cart_does"]
    do = next((name for name, pattern in does.items() if re.search(pattern, rest)), "cart_show")
    if re.search(patterns()["asks"], said):
        do = "cart_show"
    slots: dict[str, Any] = {name: reading.slots[name] for name in _KEPT_SLOTS if name in reading.slots}
    title = folded(str(slots.get("title", "")))
    if "かーと" in title or re.search(patterns()["cart"], title):
        del slots["title"]  # The cart itself was taken for a work.
    if "title" not in slots and (named := _named_before_cart(scene.event.text)):
        slots["title"] = named
    if "全部" in said or "ぜんぶ" in said or "すべて" in said:
        slots["all"] = True
    if do == "cart_reserve" and scene.view.cart:
        # Reserving what is in the cart is a reservation like any other.
        kept: dict[str, Any] = {name: slots[name] for name in ("branch", "contact") if name in slots}
        return Intent.RESERVE, {**kept, "title_ids": list(scene.view.cart)}
    do = "cart_show" if do == "cart_reserve" else do
    return Intent.RESERVE, {**slots, DO: do, "ordinals": ordinals_in(scene.event.text)}


def _named_before_cart(text: str) -> str:
    """The work in quotes or in front of the cart (広辞苑をカートに入れて), where the parser saw none."""
    quoted = re.search("[『「](.+?)[』」]", text)
    if quoted:
        return quoted[1]
    head = re.split("(?:予約)?カート|予約候補", unicodedata.normalize("NFKC", text))[0]
    named = re.sub(r"[をもはに、\s]+$", "", head.strip(" 『』「」、"))
    is_place = bool(ordinals_in(named))
    return "" if is_place or re.search(patterns()["names_nothing"], named) else named.strip("『』「」")


def _change(scene: Scene, reading: Reading, said: str) -> tuple[Intent, dict[str, Any]] | None:
    words = patterns()["change"]
    if scene.state.flow == "reserve" or not re.search(words["changes"], said):
        return None
    title = reading.slots.get("title")
    ordinals = ordinals_in(scene.event.text)
    is_of_one = bool(ordinals or re.search(words["of_a_reservation"], said) or _is_reserved(scene, title))
    branch, contact = _branch_in(scene, said), contact_named(scene.event.text) or ""
    if re.search(words["place"], said) and (branch or is_of_one or changes_place(said)):
        what = "branch"
    elif re.search(words["contact"], said) and is_of_one:
        what = "contact"
    else:
        return None
    slots: dict[str, Any] = {DO: "change", "what": what, "ordinals": ordinals}
    slots |= {"title": title} if _is_reserved(scene, title) else {}
    slots |= {"branch": branch} if branch else {}
    slots |= {"contact": contact} if contact and re.search(words["contact"], said) else {}
    return Intent.LIST_RESERVATIONS, slots


def _no_longer(scene: Scene, reading: Reading, said: str) -> tuple[Intent, dict[str, Any]] | None:
    """「もう要りません」 below a list of reservations, or with the name of one: the wish to cancel it."""
    if scene.state.question_id or not re.search(patterns()["no_longer"], said):
        return None
    before = re.split("[はがも]?(?:もう|いらなく|要らなく|必要なく|不要に)", scene.event.text)[0].strip(
        " 『』「」、"
    )
    title, shown = reading.slots.get("title") or before, shown_ids(scene.state.shown, KIND, PICK_KIND)
    if _is_reserved(scene, title):
        return Intent.CANCEL_RESERVATION, {"title": title}
    ordinals = ordinals_in(scene.event.text)
    if shown and ordinals:
        return Intent.CANCEL_RESERVATION, {"ordinals": ordinals}
    if not shown or title:
        return None
    return Intent.CANCEL_RESERVATION, {"reservation_ids": shown} if len(shown) == 1 else {}


def _branch_in(scene: Scene, said: str) -> str:
    """The pickup branch that is named; of several the last one: from there to here."""
    places = {
        branch.code: max(said.rfind(folded(branch.name)), said.rfind(branch.kana))
        for branch in scene.policy.pickup_branches
    }
    code, place = max(places.items(), key=lambda item: item[1])
    return code if place >= 0 else ""


def _is_reserved(scene: Scene, title: object) -> bool:
    if not scene.card_number or not isinstance(title, str):
        return False
    mine = scene.library.list_reservations(scene.card_number).reservations
    return any(item.title and is_meant(item.title, title) for item in mine)
