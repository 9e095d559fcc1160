"""延長: pick → confirm → done, for one loan, several, all, or those that are due soon.

What became of it is worded in `renew_told`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from bot.dialogue.cards import loan_card
from bot.dialogue.confirming import confirmation, stopped
from bot.dialogue.effects import RenewLoan
from bot.dialogue.finding import is_meant
from bot.dialogue.flows.loans import PICK_KIND, by_id, is_due_soon, named_loans, narrow
from bot.dialogue.flows.renew_told import confirm_card, item_of, refused_cards, tell
from bot.dialogue.gathered import as_json, items_of, texts_of
from bot.dialogue.listing import page_of, remember
from bot.dialogue.picking import Pick, accept_pick, end_card, narrowed, show_again, with_lead
from bot.dialogue.scene import Answer, Scene
from bot.dialogue.steps import PICKED, Asked, Data, Doing, Filled, Flow, Outcome, Said, Step
from bot.dialogue.taps import answer, wish
from bot.dialogue.words import is_by, repeats_with_yes
from bot.intents import Intent
from bot.library import RenewalFacts
from bot.messages.replies import Card, Style
from bot.rules import renewal

_GATHERED: Final = ("loan_ids", "candidates", "offset", "items", "refused")


def _start(scene: Scene) -> Data:
    ids = texts_of(scene.slots, "loan_ids")
    return {"loan_ids": as_json(ids)} if ids else {}


def _ask_pick(scene: Scene, data: Data) -> Outcome:
    """Straight on where it is clear which; else the list of what may be renewed."""
    again = show_again(_PICK, scene, data)
    if again is not None:
        return again
    loans = scene.library.list_loans(scene.card_number)
    if not loans:
        return Said((scene.say.say("renew.no_loans"),))
    if scene.slots.get("all"):
        return _filled(loans)
    named = narrow(scene, loans)
    if named is not None and not named:
        return _nothing_named(scene, loans)
    if named and (len(named) == 1 or not scene.slots.get("title") or scene.slots.get("more_titles")):
        return _filled(named)
    return _what_may_be(scene, named or loans)


def _what_may_be(scene: Scene, loans: Sequence[RenewalFacts]) -> Outcome:
    """One that may be renewed needs no list; none at all: on, to hear why."""
    candidates = [item for item in loans if _may_renew(scene, item)]
    if len(candidates) == 1:
        return _filled(candidates)
    if not candidates:
        return _filled(loans)
    asked, others = _list(scene, _ids_of(candidates), 0), len(loans) - len(candidates)
    return with_lead(asked, scene.say.say("renew.others", count=others)) if others else asked


def _accept_pick(scene: Scene, data: Data, given: Answer) -> Outcome | None:
    return accept_pick(_PICK, scene, data, given)


def _change(scene: Scene, data: Data, given: Answer) -> Outcome | None:
    """Some of the works alone; 「延長して」 said once more, without a yes, begins anew with all that there is now."""
    if given.reading and given.intent is Intent.RENEW and not given.reading.slots:
        return None if repeats_with_yes(given.text) else Filled(dict.fromkeys(_GATHERED))
    return narrowed(_PICK, scene, data, given)


def _named(scene: Scene, ids: Sequence[str], given: Answer) -> list[str]:
    loans = by_id(scene.library.list_loans(scene.card_number), ids)
    if given.slot("due_soon"):
        return _ids_of([item for item in loans if is_due_soon(scene, item)])
    if given.slot("title") or given.slot("author"):
        return _ids_of(named_loans(loans, given.reading.slots if given.reading else {}))
    found = [item for item in loans if item.loan and is_meant(item.loan.title, given.text)]
    return _ids_of(found or [item for item in loans if item.loan and is_by(item.loan.title, given.text)])


def _list(scene: Scene, ids: Sequence[str], offset: int) -> Asked:
    """A page of what may be renewed, with a button each, and one for all below."""
    page = by_id(scene.library.list_loans(scene.card_number), page_of(ids, offset))
    cards = [_pick_card(scene, number, item) for number, item in enumerate(page, start=offset + 1)]
    listed = scene.say.cards("renew.list", *cards, count=len(ids))
    return Asked(
        (listed, end_card(_PICK, scene, ids, offset, together=ids)),
        {"candidates": as_json(ids), "offset": offset},
        remember(PICK_KIND, ids),
    )


def _pick_card(scene: Scene, number: int, item: RenewalFacts) -> Card:
    card = loan_card(scene, number, item)
    spoken = scene.say.text("loans.renew_spoken", number=number)
    ids = as_json(_ids_of([item]))
    button = answer(scene, "renew_one", spoken=spoken, style=Style.PRIMARY, loan_ids=ids)
    return replace(card, buttons=(button,))


def _nothing_named(scene: Scene, loans: Sequence[RenewalFacts]) -> Outcome:
    """What was named is not there: say so, and offer what may be renewed."""
    lead, days = "renew.no_match", scene.policy.renewal.due_soon_days
    if scene.slots.get("due_soon"):
        lead = "loans.nothing_due_soon"
    elif scene.slots.get("ordinals"):
        lead = "loans.no_such_number"
    candidates = [item for item in loans if _may_renew(scene, item)]
    if candidates:
        return with_lead(_list(scene, _ids_of(candidates), 0), scene.say.say(lead, days=days))
    see = Card(scene.say.text("renew.see_loans.title"), buttons=(wish(scene, Intent.LIST_LOANS),))
    return Said((scene.say.say(lead, days=days), scene.say.cards("renew.see_loans", see)))


def _ask_confirm(scene: Scene, data: Data) -> Outcome:
    """Name the works and the new due dates; what can't be renewed is said too."""
    items = [item_of(scene, loan_id) for loan_id in texts_of(data, "loan_ids")]
    allowed = [item for item in items if not item["reasons"]]
    refused = [item for item in items if item["reasons"]]
    if not allowed:
        return Said((refused_cards(scene, refused),))
    card = confirm_card(scene, allowed, refused)
    return Asked((card,), {"items": as_json(allowed), "refused": as_json(refused)})


def _do(scene: Scene, data: Data) -> Doing:
    return Doing(
        tuple(
            RenewLoan(scene.card_number, item["loan_id"], date.fromisoformat(item["due_on"]))
            for item in items_of(data, "items")
        )
    )


def _may_renew(scene: Scene, item: RenewalFacts) -> bool:
    return renewal.decide(item, scene.policy, scene.today).allowed


def _ids_of(loans: Sequence[RenewalFacts]) -> list[str]:
    return [item.loan.loan_id for item in loans if item.loan]


def _filled(loans: Sequence[RenewalFacts]) -> Filled:
    return Filled({"loan_ids": as_json(_ids_of(loans))})


_PICK: Final = Pick(PICK_KIND, "loan_ids", Intent.RENEW, "renew.pick", _list, _named)

RENEW: Final = Flow(
    "renew",
    (
        Step("pick", "loan_ids", _ask_pick, _accept_pick, "confirm", "which loans to renew", PICKED),
        confirmation(
            _ask_confirm,
            _do,
            stopped,
            "names the works and their new due dates, and asks for a yes",
            verb=Intent.RENEW,
            change=_change,
        ),
    ),
    _start,
    tell,
)
