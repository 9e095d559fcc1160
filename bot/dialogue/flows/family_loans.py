"""家族ぜんぶの返却日: all loans of all linked cards in one list, by due date.

It only shows; a button of an entry is bound to the entry's own card: it puts that card in use and asks the
renewal's confirmation.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.dialogue.cards import loan_card
from bot.dialogue.gathered import as_json
from bot.dialogue.listing import offset_of, page_of, picked, remember, shown_ids
from bot.dialogue.scene import Scene
from bot.dialogue.steps import Said
from bot.dialogue.taps import wish
from bot.intents import Intent
from bot.library import Loan, PatronNotFound, RenewalFacts
from bot.messages.replies import Card, Json, Reply, Style
from bot.rules import renewal

KIND: Final = "family"

_BETWEEN: Final = "\n"
"""Between card and loan in a remembered id; stands in neither."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One loan, with the card that it is on."""

    card_number: str
    loan: Loan
    facts: RenewalFacts

    @property
    def key(self) -> str:
        return f"{self.card_number}{_BETWEEN}{self.loan.loan_id}"


def list_family_loans(scene: Scene) -> Said:
    """The loans of every linked card, or those at the places that the slots name."""
    entries, unread = _gather(scene)
    if not entries:
        return Said((scene.say.say("family.none"), *_not_read(scene, unread)))
    ordinals = scene.slots.get("ordinals")
    if ordinals:
        keys = picked(shown_ids(scene.state.shown, KIND), ordinals)
        if keys is None:
            return Said((scene.say.say("lists.no_such_number"),))
        entries = [entry for entry in entries if entry.key in keys]
    if not entries:
        return Said((scene.say.say("loans.no_match"),))
    offset = offset_of(scene.slots)
    lead = () if offset or ordinals else (_lead(scene, entries), *_not_read(scene, unread))
    return _list(scene, entries, offset, lead)


def renewal_of_places(scene: Scene, ordinals: Sequence[int]) -> tuple[str, dict[str, Json]] | Said:
    """The card and the renewal that 「2番を延長」 means of this list; or why it means none."""
    keys = picked(shown_ids(scene.state.shown, KIND), ordinals)
    if not keys:
        return Said((scene.say.say("lists.no_such_number"),))
    parts = [key.partition(_BETWEEN) for key in keys]
    if len({card_number for card_number, _, _ in parts}) > 1:
        return Said((scene.say.say("family.one_card"),))
    return parts[0][0], {"loan_ids": as_json(loan_id for _, _, loan_id in parts)}


def _gather(scene: Scene) -> tuple[list[_Entry], int]:
    """All loans, the first due first; and of how many cards the library knows nothing (any more)."""
    entries: list[_Entry] = []
    unread = 0
    for card in scene.view.cards:
        try:
            loans = scene.library.list_loans(card.card_number)
        except PatronNotFound:
            unread += 1
            continue
        entries += [_Entry(card.card_number, item.loan, item) for item in loans if item.loan]
    return sorted(entries, key=lambda entry: (entry.loan.due_on, entry.loan.title.title, entry.key)), unread


def _lead(scene: Scene, entries: Sequence[_Entry]) -> Reply:
    overdue = sum(1 for entry in entries if renewal.is_overdue(entry.loan, scene.today))
    cards, count = len(scene.view.cards), len(entries)
    if overdue:
        return scene.say.say("family.lead_overdue", overdue=overdue, cards=cards, count=count)
    return scene.say.say("family.lead", due_on=entries[0].loan.due_on, cards=cards, count=count)


def _list(scene: Scene, entries: Sequence[_Entry], offset: int, lead: tuple[Reply, ...]) -> Said:
    page = page_of(entries, offset)
    until = offset + len(page)
    cards = [_card(scene, number, entry) for number, entry in enumerate(page, start=offset + 1)]
    due_on = entries[0].loan.due_on
    listed = scene.say.cards(
        "family.list", *cards, cards=len(scene.view.cards), count=len(entries), due_on=due_on
    )
    next_offset = until if until < len(entries) else 0
    shown = remember(KIND, [entry.key for entry in entries], next_offset=next_offset, all=True)
    if not next_offset:
        return Said((*lead, listed), shown)
    more = wish(scene, Intent.LIST_LOANS, label="more", style=Style.PRIMARY, all=True, offset=until)
    title = scene.say.text("family.more.title", count=len(entries), until=until)
    return Said((*lead, listed, scene.say.cards("family.more", Card(title, buttons=(more,)))), shown)


def _card(scene: Scene, number: int, entry: _Entry) -> Card:
    """As on the list of its own card, but its button names the card."""
    card = loan_card(scene, number, entry.facts)
    if not card.buttons:
        return card
    then: dict[str, Any] = {
        "intent": Intent.RENEW.value,
        "slots": {"loan_ids": as_json([entry.loan.loan_id])},
    }
    spoken = scene.say.text("loans.renew_spoken", number=number)
    button = wish(
        scene,
        Intent.SWITCH_CARD,
        label="renew_one",
        spoken=spoken,
        style=Style.PRIMARY,
        card_number=entry.card_number,
        then=then,
    )
    return replace(card, buttons=(button,))


def _not_read(scene: Scene, unread: int) -> tuple[Reply, ...]:
    return (scene.say.say("family.not_read", cards=unread),) if unread else ()
